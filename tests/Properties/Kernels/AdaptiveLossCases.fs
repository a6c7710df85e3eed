namespace Limen.Properties

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

            return
                {
                    Labels = labels
                    Targets = targets
                    Local = if same then targets else local
                    Rows = rows
                    Logits = logits
                    Offset = offset
                    Slope = slope
                    PosWeight = if weighted then weights else [||]
                    Terms = terms
                }
        }

    let fast (c: AdaptiveLossCase) =
        let g = Across.unwritten c.Logits.Length
        let o = Across.unwritten c.Labels
        let s = Across.unwritten c.Labels

        let loss =
            AdaptiveLoss.ForwardBackward(
                c.Logits,
                g,
                LabelBlock.All(c.Labels),
                c.Targets,
                c.Local,
                c.Rows,
                c.Offset,
                c.Slope,
                c.PosWeight,
                &c.Terms,
                o,
                s
            )

        {
            Loss = loss
            Gradient = g
            OffsetGradient = o
            SlopeGradient = s
        }

    let plain (c: AdaptiveLossCase) =
        let g = Across.zeros c.Logits.Length
        let o = Across.zeros c.Labels
        let s = Across.zeros c.Labels

        let loss =
            AdaptiveLoss.ForwardBackwardPlain(
                c.Logits,
                g,
                LabelBlock.All(c.Labels),
                c.Targets,
                c.Local,
                c.Rows,
                c.Offset,
                c.Slope,
                c.PosWeight,
                &c.Terms,
                o,
                s
            )

        {
            Loss = loss
            Gradient = g
            OffsetGradient = o
            SlopeGradient = s
        }

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

    /// Sums of up to seven rows, thresholds rounded to float32.
    let tolerance = { Absolute = 2e-5; Relative = 1e-5 }

type AdaptiveLossArbitraries =
    static member Loss() = Arb.fromGen LossCases.generator
