namespace Limen.Properties

open System
open System.Collections.Generic
open System.IO
open System.Reflection
open System.Threading
open Limen.Kernels

/// Every public function of the kernels, called with such arguments.
[<RequireQualifiedAccess>]
module HostileKernels =

    let private span (room: ArraySegment<float32>) : Span<float32> = room.AsSpan()
    let private read (values: 'a[]) : ReadOnlySpan<'a> = ReadOnlySpan values

    let private times (x: int) (y: int) = int64 x * int64 y

    let private settings (a: HostileArguments) =
        AdamWSettings(a.Number, a.Number, a.Number, a.Number, a.Number)

    type private Product = delegate of ReadOnlyMatrixSpan * ReadOnlyMatrixSpan * MatrixSpan -> unit

    /// a b into c, of which one is turned.
    let private product
        (sizes: int * int * int -> (int * int) * (int * int) * (int * int))
        (multiply: Product)
        (a: HostileArguments)
        =
        let (ar, ac), (br, bc), (cr, cc) = sizes (a.Small, a.Small, a.Small)

        let near size =
            if a.Length 9L <> 9 then a.Small else size

        let ar, ac, br, bc, cr, cc = near ar, near ac, near br, near bc, near cr, near cc

        multiply.Invoke(
            ReadOnlyMatrixSpan(read (a.Floats(times ar ac)), ar, ac),
            ReadOnlyMatrixSpan(read (a.Floats(times br bc)), br, bc),
            MatrixSpan(span (a.Room(times cr cc)), cr, cc)
        )

    let private transposed = product (fun (m, n, k) -> (m, k), (n, k), (m, n))
    let private added = product (fun (m, n, k) -> (m, k), (k, n), (m, n))
    let private turned = product (fun (m, n, k) -> (k, m), (k, n), (m, n))

    let private active (a: HostileArguments) (rows: int) (units: int) =
        ActiveUnits.Gather(read (Array.init (rows * units) (fun _ -> a.Number)), units)

    let private strips (a: HostileArguments) (labels: int) (units: int) =
        a.Floats(int64 (LabelStrips.Length(labels, units)))

    let private loss (a: HostileArguments) =
        let rows, labels = a.Small, a.Small

        let block =
            LabelBlock((if a.Size = 1 then a.Size else 0), (if a.Size = 1 then a.Size else labels))

        let terms =
            LossTerms(
                a.Number,
                a.Number,
                a.Number,
                a.OneOf [| MarginReading.Ranking; MarginReading.Symmetric; enum 7 |],
                a.Number
            )

        struct (block, a.Matrix(rows, labels), a.Matrix(rows, labels), a.Ids(int64 rows, rows), terms, labels)

    let private batch (a: HostileArguments) : AdaptiveLossBatch =
        let struct (block, targets, local, rows, terms, labels) = loss a

        AdaptiveLossBatch(
            Logits = read (a.Floats(times rows.Length labels)),
            Block = block,
            Targets = targets,
            Local = local,
            Rows = read rows,
            RowWeights = read (a.Floats(if a.Size = 1 then int64 rows.Length else 0L)),
            Offset = read (a.Floats(int64 labels)),
            Slope = read (a.Floats(int64 labels)),
            PosWeight = read (a.Floats(if a.Size = 1 then int64 labels else 0L)),
            Terms = terms
        )

    let private touched (a: HostileArguments) =
        let t = TouchedRows()
        let x = CsrMatrix(2, 3, [| 0; 1; 3 |], [| 1; 0; 2 |], [| 1f; 2f; 3f |])
        t.Gather(x, read (Array.init a.Small (fun i -> i % 2)))
        t

    let private lazyAdam (a: HostileArguments) (rows: int) (width: int) =
        let settings = settings a
        LazyAdamW(rows, width, &settings)

    let private dual (a: HostileArguments) =
        DualOptions(
            a.OneOf [| LinearLoss.Logistic; LinearLoss.SquaredHinge; enum 5 |],
            float (abs a.Number),
            0.1,
            a.OneOf [| 0; 1; 5; -1 |],
            float a.Number,
            float a.Number,
            1UL
        )
        |> a.OrNull

    let private linearRows (a: HostileArguments) =
        let rows = a.Small

        LinearRows(a.Matrix(rows, a.Small), a.Matrix(rows, a.Small), a.Floats(int64 rows) |> Array.map abs |> a.OrNull)
        |> a.OrNull

    let private linear (a: HostileArguments) =
        let labels = a.Small
        LinearWeights(a.Matrix(labels, 3), a.OrNull(a.Floats(int64 labels))) |> a.OrNull

    let private selection (a: HostileArguments) =
        TermSelection(a.Size, a.Size, a.Size, a.Size)

    let private tokeniser (a: HostileArguments) : Func<Tokeniser> =
        a.OneOf
            [|
                Func<Tokeniser>(fun () ->
                    WordTokeniser(a.OneOf [| TokenCharacters.Letters; TokenCharacters.Words; enum 9 |]) :> Tokeniser)
                Func<Tokeniser>(fun () -> SpaceTokeniser() :> Tokeniser)
                Func<Tokeniser>(fun () -> OwnTokeniser(fun text -> [| text; null; "" |] |> Seq.ofArray) :> Tokeniser)
                null
            |]

    let private tokens (t: Tokeniser) (a: HostileArguments) =
        t.Current.Length |> ignore
        t.MoveNext() |> ignore
        t.Start a.Text

        while t.MoveNext() do
            t.Current.Length |> ignore
            t.StandsAlone |> ignore

        t.Current.Length |> ignore

    let private terms (a: HostileArguments) : string[] =
        [| "one"; "two"; "one two"; "漢" |] |> Array.truncate a.Small |> a.OrNull

    let private json =
        [|
            "{"
            "}"
            "["
            "]"
            "\"text\""
            "\"labels\""
            ":"
            ","
            "\"a\""
            "1"
            "1e99"
            "null"
            "\n"
            "\\ud800"
            " "
            "\u0000"
        |]

    let private fields (a: HostileArguments) =
        JsonFields(a.OrNull [| "text" |], a.OrNull [| "labels" |], a.Size = 1, a.OrNull "weight", a.OrNull [| "id" |])
        |> a.OrNull

    let private key (a: HostileArguments) : byte[] = Array.zeroCreate (a.Length 32L)

    let private dense (a: HostileArguments) = new DenseMatrix(a.Small, a.Small)

    /// By their names and those of their parameters.
    let all: (string * (HostileArguments -> unit)) list =
        [
            "ActiveProducts.HiddenGradient(h dz strips dh)",
            fun a ->
                let rows, units, labels = a.Small, 1 + a.Small, a.Small
                use h = active a rows units

                ActiveProducts.HiddenGradient(
                    a.OrNull h,
                    read (a.Floats(times rows labels)),
                    read (strips a labels units),
                    span (a.Room(times rows units))
                )
            "ActiveProducts.HiddenGradientPlain(h dz w units dh)",
            fun a ->
                let rows, units, labels = a.Small, a.Size, a.Small

                ActiveProducts.HiddenGradientPlain(
                    read (a.Floats(times rows units)),
                    read (a.Floats(times rows labels)),
                    read (a.Floats(times labels units)),
                    units,
                    span (a.Room(times rows units))
                )
            "ActiveProducts.Logits(h strips z)",
            fun a ->
                let rows, units, labels = a.Small, 1 + a.Small, a.Small
                use h = active a rows units
                ActiveProducts.Logits(a.OrNull h, read (strips a labels units), span (a.Room(times rows labels)))
            "ActiveProducts.LogitsPlain(h w units z)",
            fun a ->
                let rows, units, labels = a.Small, a.Size, a.Small

                ActiveProducts.LogitsPlain(
                    read (a.Floats(times rows units)),
                    read (a.Floats(times labels units)),
                    units,
                    span (a.Room(times rows labels))
                )
            "ActiveProducts.WeightGradient(h dz dw)",
            fun a ->
                let rows, units, labels = a.Small, 1 + a.Small, a.Small
                use h = active a rows units

                ActiveProducts.WeightGradient(
                    a.OrNull h,
                    read (a.Floats(times rows labels)),
                    span (a.Room(times labels units))
                )
            "ActiveProducts.WeightGradientPlain(h dz units dw)",
            fun a ->
                let rows, units, labels = a.Small, a.Size, a.Small

                ActiveProducts.WeightGradientPlain(
                    read (a.Floats(times rows units)),
                    read (a.Floats(times rows labels)),
                    units,
                    span (a.Room(times labels units))
                )
            "ActiveUnits.Gather(h units)",
            fun a ->
                let units = a.Size
                use h = ActiveUnits.Gather(read (a.Floats(times a.Small units)), units)
                h.Share |> ignore
            "ActiveUnits.Dispose()",
            fun a ->
                let h = active a a.Small (1 + a.Small)
                h.Dispose()
                h.Dispose()
                h.Share |> ignore
            "AdamW.Step(w g m v settings step)",
            fun a ->
                let n, settings = a.Size, settings a
                AdamW.Step(span (a.Room n), read (a.Floats n), span (a.Room n), span (a.Room n), &settings, a.Size)
            "AdamW.Step(w g moments width settings step)",
            fun a ->
                let rows, width, settings = a.Small, a.Size, settings a

                AdamW.Step(
                    span (a.Room(times rows width)),
                    read (a.Floats(times rows width)),
                    Span(Array.zeroCreate<uint16>(a.Length(2L * times rows width))),
                    width,
                    &settings,
                    a.Size
                )
            "AdamW.StepPlain(w g m v settings step)",
            fun a ->
                let n, settings = a.Size, settings a
                AdamW.StepPlain(span (a.Room n), read (a.Floats n), span (a.Room n), span (a.Room n), &settings, a.Size)
            "AdaptiveLoss.ForwardBackward(batch gradient offsetGradient slopeGradient)",
            fun a ->
                let batch = batch a

                AdaptiveLoss.ForwardBackward(
                    &batch,
                    span (a.Room batch.Logits.Length),
                    span (a.Room batch.Offset.Length),
                    span (a.Room batch.Slope.Length)
                )
                |> ignore
            "AdaptiveLoss.ForwardBackwardPlain(batch gradient offsetGradient slopeGradient)",
            fun a ->
                let batch = batch a

                AdaptiveLoss.ForwardBackwardPlain(
                    &batch,
                    span (a.Room batch.Logits.Length),
                    span (a.Room batch.Offset.Length),
                    span (a.Room batch.Slope.Length)
                )
                |> ignore
            "AdaptiveLoss.Value(batch)",
            fun a ->
                let batch = batch a
                AdaptiveLoss.Value &batch |> ignore
            "AdaptiveLoss.PairPlain(m y positiveWeight terms)",
            fun a ->
                let terms = LossTerms(a.Number, a.Number, a.Number, enum a.Size, a.Number)

                AdaptiveLoss.PairPlain(float a.Number, float a.Number, float a.Number, &terms)
                |> ignore
            "CharacterCounter.Count(texts selection)", fun a -> CharacterCounter.Count(a.Texts, selection a) |> ignore
            "CharacterIndex.new(terms shortest longest)",
            fun a -> CharacterIndex(terms a, a.Size, a.Size).Count(a.Texts) |> ignore
            "WordIndex.new(terms tokeniser)", fun a -> WordIndex(terms a, tokeniser a).Count(a.Texts) |> ignore
            "TermIndex.Count(texts)", fun a -> WordIndex([| "one" |], tokeniser a).Count(a.Texts) |> ignore
            "TermCounter.Count(texts tokeniser selection)",
            fun a -> TermCounter.Count(a.Texts, tokeniser a, selection a) |> ignore
            "CosineIndex.Build(rows)", fun a -> CosineIndex.Build(a.Matrix(a.Small, a.Small)) |> ignore
            "CosineIndex.LeaveOneOut(k)",
            fun a -> CosineIndex.Build(a.Matrix(a.Small, a.Small)).LeaveOneOut a.Size |> ignore
            "CosineIndex.Search(queries k)",
            fun a ->
                CosineIndex.Build(a.Matrix(a.Small, 3)).Search(a.Matrix(a.Small, 3), a.Size)
                |> ignore
            "CosineIndex.Plain(rows queries k excluded)",
            fun a ->
                CosineIndex.Plain(
                    a.Matrix(a.Small, 3),
                    a.Matrix(a.Small, 3),
                    a.Size,
                    a.OrNull(Func<int, int>(fun _ -> a.Size))
                )
                |> ignore
            "CsrFile.TryRead(path key)",
            fun a ->
                CsrFile.TryRead(a.OrNull(Path.Combine(Path.GetTempPath(), "no such file")), read (key a))
                |> ignore
            "CsrFile.Write(stream key matrices)",
            fun a ->
                use stream = new MemoryStream()
                CsrFile.Write(a.OrNull stream, read (key a), a.OrNull [| a.Matrix(a.Small, a.Small) |])
            "CsrMatrix.new(rows columns rowStart indices values)",
            fun a ->
                let rows = a.Size

                CsrMatrix(
                    rows,
                    a.Size,
                    a.OrNull(Array.append [| 0 |] (a.Ids(int64 rows, 3))),
                    a.OrNull(a.Ids(3L, 4)),
                    a.OrNull(a.Floats 3L)
                )
                    .Validate()
                |> ignore
            "CsrMatrix.Validate()",
            fun a ->
                (match a.Matrix(a.Small, a.Small) with
                 | null -> ()
                 | m -> m.Validate() |> ignore)
            "CsrMatrix.RowIndices(row)",
            fun a ->
                (match a.Matrix(a.Small, a.Small) with
                 | null -> ()
                 | m -> m.RowIndices(a.Size).Length |> ignore)
            "CsrMatrix.RowValues(row)",
            fun a ->
                (match a.Matrix(a.Small, a.Small) with
                 | null -> ()
                 | m -> m.RowValues(a.Size).Length |> ignore)
            "DenseMatrix.new(rows columns)", fun a -> using (new DenseMatrix(a.Size, a.Size)) ignore
            "DenseMatrix.Zeros(rows columns)", fun a -> using (DenseMatrix.Zeros(a.Size, a.Size)) ignore
            "DenseMatrix.Of(rows columns numbers)",
            fun a ->
                let rows, columns = a.Size, a.Size
                using (DenseMatrix.Of(rows, columns, read (a.Floats(times rows columns)))) ignore
            "DenseMatrix.Row(row)", fun a -> using (dense a) (fun m -> m.Row(a.Size).Length |> ignore)
            "DenseMatrix.RowSpan(first count)",
            fun a -> using (dense a) (fun m -> m.RowSpan(a.Size, a.Size).Length |> ignore)
            "DenseMatrix.Factor()", fun a -> using (dense a) (fun m -> m.Factor().Rows |> ignore)
            "DenseMatrix.Factor(first count)",
            fun a -> using (dense a) (fun m -> m.Factor(a.Size, a.Size).Rows |> ignore)
            "DenseMatrix.Product()", fun a -> using (dense a) (fun m -> m.Product().Rows |> ignore)
            "DenseMatrix.ToArray()", fun a -> using (dense a) (fun m -> m.ToArray() |> ignore)
            "DenseMatrix.Copy()", fun a -> using (dense a) (fun m -> using (m.Copy()) ignore)
            "DenseMatrix.Dispose()",
            fun a ->
                let m = dense a
                m.Dispose()
                m.Dispose()
                m.Span.Length |> ignore
            "DenseProducts.MultiplyTransposed(a b c)",
            transposed (Product(fun a b c -> DenseProducts.MultiplyTransposed(a, b, c)))
            "DenseProducts.MultiplyTransposedPlain(a b c)",
            transposed (Product(fun a b c -> DenseProducts.MultiplyTransposedPlain(a, b, c)))
            "DenseProducts.AddProduct(a b c)", added (Product(fun a b c -> DenseProducts.AddProduct(a, b, c)))
            "DenseProducts.AddProductPlain(a b c)", added (Product(fun a b c -> DenseProducts.AddProductPlain(a, b, c)))
            "DenseProducts.TransposeMultiply(a b c)",
            turned (Product(fun a b c -> DenseProducts.TransposeMultiply(a, b, c)))
            "DenseProducts.TransposeMultiplyPlain(a b c)",
            turned (Product(fun a b c -> DenseProducts.TransposeMultiplyPlain(a, b, c)))
            "DenseRows.NonZeros(matrix columns)",
            fun a ->
                let columns = a.Size
                DenseRows.NonZeros(read (a.Floats(times a.Small columns)), columns) |> ignore
            "DualCoordinateDescent.Fit(rows options progress cancellation)",
            fun a ->
                DualCoordinateDescent.Fit(linearRows a, dual a, a.OrNull(Action<float>(ignore)), CancellationToken.None)
                |> ignore
            "DualCoordinateDescent.Objective(rows label options w)",
            fun a ->
                DualCoordinateDescent.Objective(linearRows a, a.Size, dual a, a.OrNull(Array.zeroCreate<float> a.Small))
                |> ignore
            "DualCoordinateDescent.Plain(rows label options)",
            fun a -> DualCoordinateDescent.Plain(linearRows a, a.Size, dual a) |> ignore
            "JsonArrayParser.Parse(fields read)",
            fun a ->
                let bytes = a.Bytes json
                let mutable from = 0

                let next =
                    Func<byte[], int, int, int>(fun buffer offset count ->
                        let n = min count (bytes.Length - from)
                        Array.blit bytes from buffer offset n
                        from <- from + n
                        if a.Size = Int32.MaxValue then a.Size else n)

                JsonArrayParser.Parse(fields a, a.OrNull next) |> ignore
            "JsonLinesParser.Parse(fields lines)",
            fun a -> JsonLinesParser.Parse(fields a, read (a.Bytes json)) |> ignore
            "LabelBlock.All(labels)", fun a -> LabelBlock.All a.Size |> ignore
            "LabelStrips.Length(labels units)", fun a -> LabelStrips.Length(a.Size, a.Size) |> ignore
            "LabelStrips.Pack(w units strips)",
            fun a ->
                let labels, units = a.Small, a.Size

                LabelStrips.Pack(
                    read (a.Floats(times labels units)),
                    units,
                    span (
                        a.Room(
                            if units < 5 then
                                int64 (LabelStrips.Length(labels, units))
                            else
                                0L
                        )
                    )
                )
            "LazyAdamW.new(rows width settings)", fun a -> lazyAdam a a.Size a.Size |> ignore
            "LazyAdamW.Keep()", fun a -> (lazyAdam a a.Small a.Small).Keep() |> ignore
            "LazyAdamW.CatchUp(weights rows)",
            fun a ->
                let rows, width = a.Small, a.Small
                (lazyAdam a rows width).CatchUp(span (a.Room(times rows width)), read (a.Ids(2L, rows)))
            "LazyAdamW.Flush(weights)",
            fun a ->
                let rows, width = a.Small, a.Small
                (lazyAdam a rows width).Flush(span (a.Room(times rows width)))
            "LazyAdamW.Restore(kept)",
            fun a ->
                let rows, width = a.Small, a.Small
                let adam = lazyAdam a rows width
                let numbers () = a.OrNull(a.Ids(int64 rows, 2))

                let floats () =
                    a.OrNull(Array.init a.Small (fun _ -> float a.Number))

                let steps = a.Small

                KeptMoments(
                    numbers (),
                    numbers (),
                    numbers (),
                    (if a.Size = 1 then floats () else Array.zeroCreate steps),
                    (if a.Size = 1 then floats () else Array.zeroCreate steps),
                    a.OrNull(Array.init a.Small (fun _ -> a.OrNull(Array.zeroCreate<int>(a.Small * width))))
                )
                |> a.OrNull
                |> adam.Restore

                adam.Step(span (a.Room(times rows width)), read (a.Ids(1L, rows)), read (a.Floats(int64 width)), 0.1f)
                adam.Flush(span (a.Room(times rows width)))
            "LazyAdamW.Step(weights rows gradient rate)",
            fun a ->
                let rows, width = a.Small, a.Small
                let chosen = a.Ids(2L, rows)
                let adam = lazyAdam a rows width

                for _ in 0 .. a.Small do
                    adam.Step(
                        span (a.Room(times rows width)),
                        read chosen,
                        read (a.Floats(times chosen.Length width)),
                        a.Number
                    )
            "LazyAdamW.Step(weights touched dOut rate)",
            fun a ->
                let rows, width = 3, a.Small
                let touched = touched a

                (lazyAdam a (if a.Size = 1 then a.Small else rows) width)
                    .Step(
                        span (a.Room(times rows width)),
                        a.OrNull touched,
                        read (a.Floats(times touched.BatchRows width)),
                        a.Number
                    )
            "LinearScores.new(weights)", fun a -> LinearScores(linear a) |> ignore
            "LinearScores.Compute(k extra queries)",
            fun a ->
                let w =
                    LinearWeights(CsrMatrix(2, 3, [| 0; 1; 2 |], [| 0; 2 |], [| a.Number; 1f |]), [| 0f; a.Number |])

                let queries = a.Small

                LinearScores(w).Compute(a.Size, a.Matrix(queries, 2), a.Matrix(queries, 3))
                |> ignore
            "LinearScores.Block(queries rows output)",
            fun a ->
                let w =
                    LinearWeights(CsrMatrix(2, 3, [| 0; 1; 2 |], [| 0; 2 |], [| a.Number; 1f |]), [| 0f; a.Number |])

                let queries = a.Small
                let rows = a.Ids(2L, queries)
                LinearScores(w).Block(a.Matrix(queries, 3), read rows, span (a.Room(2L * int64 rows.Length)))
            "LinearScores.Plain(weights label queries row)",
            fun a -> LinearScores.Plain(linear a, a.Size, a.Matrix(a.Small, 3), a.Size) |> ignore
            "MatrixSpan.new(numbers rows columns)",
            fun a ->
                let rows, columns = a.Size, a.Size
                MatrixSpan(span (a.Room(times rows columns)), rows, columns).Rows |> ignore
            "MatrixSpan.new(numbers rows columns stride)",
            fun a ->
                let rows, columns = a.Size, a.Size

                MatrixSpan(span (a.Room(times rows columns)), rows, columns, a.Size).Rows
                |> ignore
            "MatrixSpan.Item(row column)",
            fun a ->
                let m = MatrixSpan(span (a.Room 6L), 2, 3)
                let x = &m[a.Size, a.Size]
                x <- 1f
            "ReadOnlyMatrixSpan.new(numbers rows columns)",
            fun a ->
                let rows, columns = a.Size, a.Size

                ReadOnlyMatrixSpan(read (a.Floats(times rows columns)), rows, columns).Rows
                |> ignore
            "ReadOnlyMatrixSpan.new(numbers rows columns stride)",
            fun a ->
                let rows, columns = a.Size, a.Size

                ReadOnlyMatrixSpan(read (a.Floats(times rows columns)), rows, columns, a.Size).Rows
                |> ignore
            "ReadOnlyMatrixSpan.Item(row column)",
            fun a ->
                let m = ReadOnlyMatrixSpan(read (a.Floats 6L), 2, 3)
                m[a.Size, a.Size] |> ignore
            "NeighbourVotes.Compute(neighbours power floor labels weights)",
            fun a ->
                let rows = a.Small

                NeighbourVotes.Compute(
                    a.Matrix(a.Small, rows),
                    float a.Number,
                    float a.Number,
                    a.Matrix(rows, a.Small),
                    a.OrNull(a.Floats(int64 rows))
                )
                |> ignore
            "OwnTokeniser.new(cut)",
            fun a ->
                OwnTokeniser(a.OrNull(Func<string, IEnumerable<string>>(fun _ -> a.Texts)))
                |> tokens
                <| a
            "OwnTokeniser.MoveNext()", fun a -> OwnTokeniser(fun _ -> a.Texts).MoveNext() |> ignore
            "OwnTokeniser.Start(text)", fun a -> OwnTokeniser(fun _ -> a.Texts).Start a.Text
            "SpaceTokeniser.new()", fun a -> SpaceTokeniser() |> tokens <| a
            "SpaceTokeniser.MoveNext()", fun _ -> SpaceTokeniser().MoveNext() |> ignore
            "SpaceTokeniser.Start(text)", fun a -> SpaceTokeniser().Start a.Text
            "WordTokeniser.new(characters)", fun a -> WordTokeniser(enum a.Size) |> tokens <| a
            "WordTokeniser.MoveNext()", fun a -> WordTokeniser(enum a.Size).MoveNext() |> ignore
            "WordTokeniser.Start(text)", fun a -> WordTokeniser(enum a.Size).Start a.Text
            "Tokeniser.MoveNext()", fun a -> SpaceTokeniser() |> tokens <| a
            "Tokeniser.Start(text)", fun a -> SpaceTokeniser() |> tokens <| a
            "ParseFault.Quote(rest)", fun a -> ParseFault.Quote(read (a.Bytes json)) |> ignore
            "ParseFault.Readable(text)", fun a -> ParseFault.Readable a.Text |> ignore
            "ReluDropout.Key(seed step)", fun a -> ReluDropout.Key(uint64 a.Size, a.Size) |> ignore
            "ReluDropout.Backward(y gradient rate)",
            fun a ->
                let n = a.Size
                ReluDropout.Backward(read (a.Floats n), span (a.Room n), a.Number)
            "ReluDropout.Forward(x rate key)", fun a -> ReluDropout.Forward(span (a.Room 9L), a.Number, uint64 a.Size)
            "ReluDropout.ForwardPlain(x rate key)",
            fun a -> ReluDropout.ForwardPlain(span (a.Room 9L), a.Number, uint64 a.Size)
            "SparseLayer.Forward(x rows weights bias output)",
            fun a ->
                let n, d, h = a.Small, a.Small, a.Small
                let rows = a.Ids(2L, n)

                SparseLayer.Forward(
                    a.Matrix(n, d),
                    read rows,
                    read (a.Floats(times d h)),
                    read (a.Floats(int64 h)),
                    span (a.Room(times rows.Length h))
                )
            "SparseLayer.ForwardPlain(x rows weights bias output)",
            fun a ->
                let n, d, h = a.Small, a.Small, a.Small
                let rows = a.Ids(2L, n)

                SparseLayer.ForwardPlain(
                    a.Matrix(n, d),
                    read rows,
                    read (a.Floats(times d h)),
                    read (a.Floats(int64 h)),
                    span (a.Room(times rows.Length h))
                )
            "SparseLayer.Backward(touched dOut gradient)",
            fun a ->
                let touched, h = touched a, a.Small

                SparseLayer.Backward(
                    a.OrNull touched,
                    read (a.Floats(times touched.BatchRows h)),
                    span (a.Room(times touched.Count h))
                )
            "SparseLayer.BackwardBias(dOut gradient)",
            fun a ->
                let h = a.Small
                SparseLayer.BackwardBias(read (a.Floats(times a.Small h)), span (a.Room h))
            "SparseLayer.BackwardPlain(x rows dOut weightGradient biasGradient)",
            fun a ->
                let n, d, h = a.Small, a.Small, a.Small
                let rows = a.Ids(2L, n)

                SparseLayer.BackwardPlain(
                    a.Matrix(n, d),
                    read rows,
                    read (a.Floats(times rows.Length h)),
                    span (a.Room(times d h)),
                    span (a.Room h)
                )
            "SvmlightParser.Parse(lines skipFirst ids)",
            fun a ->
                let bytes =
                    a.Bytes
                        [|
                            "1"
                            ","
                            " "
                            ":"
                            "2147483647"
                            "4294967296"
                            "-1"
                            "\n"
                            "#"
                            "1:1"
                            " 2:0.5\n"
                        |]

                SvmlightParser.Parse(
                    read (Array.append bytes [| 10uy |]),
                    (a.Size = 1),
                    SvmlightIds(a.Size, a.Size, a.Size, a.Size)
                )
                |> ignore
            "TextList.Of(texts)", fun a -> TextList.Of a.Texts |> ignore
            "TextList.Concat(lists)",
            fun a ->
                TextList.Concat(a.OrNull [| a.OrNull(TextList.Of a.Texts); TextList.Of a.Texts |])
                |> ignore
            "TextList.Item(index)", fun a -> (TextList.Of a.Texts)[a.Size] |> ignore
            "TextList.Select(rows)",
            fun a -> (TextList.Of a.Texts).Select(a.OrNull(a.Ids(int64 a.Small, a.Small))) |> ignore
            "TextList.GetEnumerator()", fun a -> TextList.Of a.Texts |> Seq.toArray |> ignore
            "TextListBuilder.new()", fun _ -> TextListBuilder().ToList() |> ignore
            "TextListBuilder.Add(added)", fun a -> TextListBuilder().Add a.Text
            "TextListBuilder.ToList()",
            fun a ->
                let builder = TextListBuilder()
                builder.ToList() |> ignore
                builder.Add a.Text
                builder.ToList() |> ignore
            "TopK.Block(scores labels k)",
            fun a ->
                let labels = a.Size
                TopK.Block(read (a.Floats(times a.Small labels)), labels, a.Size) |> ignore
            "TopK.Row(scores labels values order)",
            fun a ->
                let k = a.Small

                TopK.Row(read (a.Floats 9L), Span(Array.zeroCreate<int>(a.Length k)), span (a.Room k), enum a.Size)
                |> ignore
            "TopK.RowPlain(scores k)", fun a -> TopK.RowPlain(a.OrNull(a.Floats 9L), a.Size) |> ignore
            "TouchedRows.new()", fun _ -> TouchedRows().Ids.Length |> ignore
            "TouchedRows.Gather(x rows)",
            fun a ->
                let t = TouchedRows()

                for _ in 0 .. a.Small do
                    let n = a.Small
                    t.Gather(a.Matrix(n, a.Small), read (a.Ids(3L, n)))
            "Transposed.Of(m)", fun a -> Transposed.Of(a.Matrix(a.Small, a.Small)) |> ignore
            "Unicode.Folded(text)",
            fun a ->
                (match a.Text with
                 | null -> ()
                 | text -> Unicode.Folded(text.AsSpan()) |> ignore)
            "VectorMath.AddTo(x sum)",
            fun a ->
                let n = a.Size
                VectorMath.AddTo(read (a.Floats n), span (a.Room n))
            "Workers.For(tasks body)", fun a -> Workers.For(min 9 a.Size, a.OrNull(Action<int>(ignore)))
        ]

    let private named (t: Type) (name: string) (parameters: ParameterInfo[]) =
        $"""{t.Name}.{name}({String.Join(" ", parameters |> Array.map _.Name)})"""

    /// What is called so of the public functions and constructors: not those of records, which hold what they are given, nor what every object has.
    let names: string list =
        let isRecord (t: Type) =
            t.GetMethod("PrintMembers", BindingFlags.Instance ||| BindingFlags.NonPublic)
            |> isNull
            |> not

        let own =
            BindingFlags.Public
            ||| BindingFlags.Instance
            ||| BindingFlags.Static
            ||| BindingFlags.DeclaredOnly

        [
            for t in typeof<CsrMatrix>.Assembly.GetExportedTypes() do
                if not t.IsEnum && not (typeof<Delegate>.IsAssignableFrom t) then
                    for m in t.GetMethods own do
                        let isObject =
                            m.Name = "Equals"
                            || m.Name = "GetHashCode"
                            || m.Name = "ToString"
                            || m.Name = "Deconstruct"
                            || m.Name = "<Clone>$"

                        if m.Name = "get_Item" then
                            named t "Item" (m.GetParameters())
                        elif not m.IsSpecialName && not isObject then
                            named t m.Name (m.GetParameters())

                    if not t.IsAbstract && not (isRecord t) then
                        for c in t.GetConstructors() do
                            named t "new" (c.GetParameters())
        ]
