namespace Limen.Properties

open System
open System.Threading
open Limen.Kernels

/// Every public kernel that learns: losses, optimisers, dropout.
[<RequireQualifiedAccess>]
module HostileLearningKernels =

    open HostileCalls

    let private settings (a: HostileArguments) =
        AdamWSettings(a.Number, a.Number, a.Number, a.Number, a.Number)

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

    /// By their names and those of their parameters.
    let all: HostileKernel list =
        [
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
            "LabelBlock.All(labels)", fun a -> LabelBlock.All a.Size |> ignore
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
            "ReluDropout.Key(seed step)", fun a -> ReluDropout.Key(uint64 a.Size, a.Size) |> ignore
            "ReluDropout.Backward(y gradient rate)",
            fun a ->
                let n = a.Size
                ReluDropout.Backward(read (a.Floats n), span (a.Room n), a.Number)
            "ReluDropout.Forward(x rate key)", fun a -> ReluDropout.Forward(span (a.Room 9L), a.Number, uint64 a.Size)
            "ReluDropout.ForwardPlain(x rate key)",
            fun a -> ReluDropout.ForwardPlain(span (a.Room 9L), a.Number, uint64 a.Size)
        ]
