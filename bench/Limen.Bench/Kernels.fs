namespace Limen.Bench

open System
open BenchmarkDotNet.Attributes
open Limen.Core
open Limen.Kernels

/// Kernels one by one at AmazonCat-13K's shape, batches of 512, hidden 256.
[<MemoryDiagnoser; InProcess>]
type Kernels() =
    let rows = 512
    let hidden = 256

    let shape =
        { CorpusShape.amazonCat with
            Rows = rows
        }

    let data = Corpus.make shape
    let batch = Array.init rows id
    let z = Seed.normals (rows * shape.Labels) (Seed.ofInt 1)
    let gradient: float32[] = Array.zeroCreate z.Length
    let offset: float32[] = Array.zeroCreate shape.Labels
    let slope: float32[] = Array.create shape.Labels -4f
    let byOffset: float32[] = Array.zeroCreate shape.Labels
    let bySlope: float32[] = Array.zeroCreate shape.Labels

    let terms =
        LossTerms(1f, 0.1f, 0.1f, Limen.Kernels.MarginReading.Symmetric, 1f / float32 rows)

    let weights = Seed.normals (shape.Features * hidden) (Seed.ofInt 2)
    let bias: float32[] = Array.zeroCreate hidden
    let sums: float32[] = Array.zeroCreate (rows * hidden)
    let touched = TouchedRows()
    let settings = AdamWSettings(Rate = 1e-3f)
    let adam = LazyAdamW(shape.Features, hidden, &settings)
    let output = Seed.normals (shape.Labels * hidden) (Seed.ofInt 4)
    let first: float32[] = Array.zeroCreate output.Length
    let second: float32[] = Array.zeroCreate output.Length

    do touched.Gather(data.Features, batch)

    [<Benchmark>]
    member _.AdaptiveLoss() =
        let pass =
            AdaptiveLossBatch(
                Logits = ReadOnlySpan z,
                Block = LabelBlock.All shape.Labels,
                Targets = data.Labels,
                Local = data.Local,
                Rows = ReadOnlySpan batch,
                Offset = ReadOnlySpan offset,
                Slope = ReadOnlySpan slope,
                Terms = terms
            )

        AdaptiveLoss.ForwardBackward(&pass, gradient.AsSpan(), byOffset.AsSpan(), bySlope.AsSpan())

    [<Benchmark>]
    member _.SparseForward() =
        SparseLayer.Forward(data.Features, ReadOnlySpan batch, ReadOnlySpan weights, ReadOnlySpan bias, sums.AsSpan())

    /// The touched rows caught up; their gradient and their step.
    [<Benchmark>]
    member _.LazyAdamW() =
        adam.CatchUp(weights.AsSpan(), touched.Ids)
        adam.Step(weights.AsSpan(), touched, ReadOnlySpan sums, 1e-3f)

    [<Benchmark>]
    member _.AdamW() =
        AdamW.Step(
            output.AsSpan(),
            ReadOnlySpan(gradient, 0, output.Length),
            first.AsSpan(),
            second.AsSpan(),
            &settings,
            10
        )

    [<Benchmark>]
    member _.TopK() =
        TopK.Block(ReadOnlySpan z, shape.Labels, 50)
