namespace Limen.Properties

open System
open Limen.Kernels

/// Every public kernel of dense numbers.
[<RequireQualifiedAccess>]
module HostileDenseKernels =

    open HostileCalls

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

    let private dense (a: HostileArguments) = new DenseMatrix(a.Small, a.Small)

    /// By their names and those of their parameters.
    let all: HostileKernel list =
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
            "VectorMath.AddTo(x sum)",
            fun a ->
                let n = a.Size
                VectorMath.AddTo(read (a.Floats n), span (a.Room n))
            "Workers.For(tasks body)", fun a -> Workers.For(min 9 a.Size, a.OrNull(Action<int>(ignore)))
        ]
