namespace Limen.Properties

open System
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// A batch for the adaptive loss: some rows of N, logits from ordinary size to |z| = 80, signals on positive labels too.
[<ReferenceEquality>]
type AdaptiveLossCase =
    {
        Labels: int
        Targets: CsrMatrix
        Local: CsrMatrix
        Rows: int[]
        /// Empty or [N].
        RowWeights: float32[]
        Logits: float32[]
        Offset: float32[]
        Slope: float32[]
        PosWeight: float32[]
        Terms: LossTerms
    }

/// What a call of the loss gives.
type AdaptiveLossResult =
    {
        Loss: float
        Gradient: float32[]
        OffsetGradient: float32[]
        SlopeGradient: float32[]
    }

[<RequireQualifiedAccess>]
module LossCases =

    let private floats n value = Gen.arrayOfLength n value

    let private logit =
        Gen.frequency
            [
                8, Gen.choose (-6000, 6000) |> Gen.map (fun i -> float32 i / 1000f)
                1, Gen.elements [ 80f; -80f; 150f; -150f; 0f; 1e4f; -1e4f ]
            ]

    let private terms =
        gen {
            let! bce = Gen.elements [ 1f; 0f; 0.5f ]
            let! margin = Gen.elements [ 0f; 0.1f; 1f ]
            let! delta = Gen.elements [ 0f; 0.1f; 2f ]
            let! reading = Gen.elements [ MarginReading.Symmetric; MarginReading.Ranking ]
            let! scale = Gen.elements [ 1f; 0.01f ]
            return LossTerms(bce, margin, delta, reading, scale)
        }

    let generator =
        gen {
            let! labels = Gen.choose (1, 70)
            let! n = Gen.choose (1, 6)
            let! b = Gen.choose (0, 7)
            let! percent = Gen.elements [ 0; 10; 100 ]

            let! targets =
                Generators.csr n labels percent (Gen.frequency [ 4, Gen.constant 1f; 1, Gen.constant 0.25f ])

            let! local = Generators.csr n labels percent Generators.positive
            let! same = Gen.elements [ true; false ]
            let! rows = Gen.arrayOfLength b (Gen.choose (0, n - 1))
            let! logits = floats (b * labels) logit
            let! offset = floats labels Generators.value
            let! slope = floats labels Generators.value
            let! weighted = Gen.elements [ true; false ]
            let! weights = floats labels Generators.positive
            let! terms = terms
            let! counting = Gen.elements [ true; false ]
            let! rowWeights = floats n (Gen.elements [ 0f; 0.5f; 1f; 2f; 3f ])

            return
                {
                    Labels = labels
                    Targets = targets
                    Local = if same then targets else local
                    Rows = rows
                    RowWeights = if counting then rowWeights else [||]
                    Logits = logits
                    Offset = offset
                    Slope = slope
                    PosWeight = if weighted then weights else [||]
                    Terms = terms
                }
        }

    /// What the kernel reads of a block of labels, z [B, block] being its logits.
    let batch (block: LabelBlock) (z: float32[]) (c: AdaptiveLossCase) : AdaptiveLossBatch =
        let ofBlock (values: float32[]) =
            ReadOnlyMemory(values, min block.First values.Length, min block.Count values.Length)

        AdaptiveLossBatch(
            Logits = ReadOnlySpan z,
            Block = block,
            Targets = c.Targets,
            Local = c.Local,
            Rows = ReadOnlySpan c.Rows,
            RowWeights = ReadOnlySpan c.RowWeights,
            Offset = (ofBlock c.Offset).Span,
            Slope = (ofBlock c.Slope).Span,
            PosWeight = (ofBlock c.PosWeight).Span,
            Terms = c.Terms
        )

    /// The loss with gradients into fresh memory: that for z into g, which may be z.
    let private into (isPlain: bool) (block: LabelBlock) (z: float32[]) (g: float32[]) (c: AdaptiveLossCase) =
        let o = Across.unwritten block.Count
        let s = Across.unwritten block.Count
        let pass = batch block z c

        let loss =
            if isPlain then
                AdaptiveLoss.ForwardBackwardPlain(&pass, g, o, s)
            else
                AdaptiveLoss.ForwardBackward(&pass, g, o, s)

        {
            Loss = loss
            Gradient = g
            OffsetGradient = o
            SlopeGradient = s
        }

    let fast (c: AdaptiveLossCase) =
        c
        |> into false (LabelBlock.All c.Labels) c.Logits (Across.unwritten c.Logits.Length)

    let plain (c: AdaptiveLossCase) =
        c
        |> into true (LabelBlock.All c.Labels) c.Logits (Across.unwritten c.Logits.Length)

    /// The fast loss of a block, whose gradient takes the memory of the logits z [B, block].
    let inPlace (block: LabelBlock) (z: float32[]) (c: AdaptiveLossCase) = c |> into false block z z

    /// The numbers of a place of the batch out of [B, L].
    let rowAt (c: AdaptiveLossCase) (b: int) (values: float32[]) : float32[] =
        Array.sub values (b * c.Labels) c.Labels

    let requireEqual tolerance (expected: AdaptiveLossResult) (received: AdaptiveLossResult) =
        Tolerance.require tolerance "loss" [ expected.Loss ] [ received.Loss ]
        Tolerance.require tolerance "gradient" (Across.widen expected.Gradient) (Across.widen received.Gradient)

        Tolerance.require
            tolerance
            "offset gradient"
            (Across.widen expected.OffsetGradient)
            (Across.widen received.OffsetGradient)

        Tolerance.require
            tolerance
            "slope gradient"
            (Across.widen expected.SlopeGradient)
            (Across.widen received.SlopeGradient)

    /// A margin within rounding of a kink may fall on either side of it.
    let farFromKinks (c: AdaptiveLossCase) =
        Seq.forall
            (fun (b, l) ->
                let theta =
                    float c.Offset[l] + float c.Slope[l] * float (Csr.item c.Rows[b] l c.Local)

                let m = float c.Logits[b * c.Labels + l] - theta
                abs (abs m - float c.Terms.Delta) > 1e-4 && (abs m > 1e-4 || c.Terms.Delta = 0f))
            (Seq.allPairs [ 0 .. c.Rows.Length - 1 ] [ 0 .. c.Labels - 1 ])

    /// Sums of up to seven rows, thresholds rounded to float32.
    let tolerance = { Absolute = 2e-5; Relative = 1e-5 }

type AdaptiveLossArbitraries =
    static member Loss() = Arb.fromGen LossCases.generator
