namespace Limen.Properties

open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open TorchSharp

/// A batch [B, L] of logits, thresholds and 0/1 targets, with the labels' counts among Rows training rows, and orders to renumber by.
/// Logits and thresholds keep z - theta away from the kinks of the losses.
type LossCase =
    {
        Z: float[][]
        Theta: float[][]
        Y: float[][]
        Rows: int
        Counts: int[]
        RowOrder: int[]
        LabelOrder: int[]
    }

type LossArbitraries =
    static member Case() =
        gen {
            let! b = Gen.choose (1, 6)
            let! l = Gen.choose (1, 5)

            let matrix g =
                Gen.arrayOfLength b (Gen.arrayOfLength l g)

            let! z =
                Gen.choose (-6000, 6000)
                |> Gen.map (fun i -> float i / 1000.0 + 0.00037)
                |> matrix

            let! theta =
                Gen.choose (-3000, 3000) |> Gen.map (fun i -> float i / 1000.0) |> matrix

            let! y = Gen.frequency [ 2, Gen.constant 0.0; 1, Gen.constant 1.0 ] |> matrix
            let! counts = Gen.arrayOfLength l (Gen.choose (0, 100))
            let! rows = Gen.shuffle [| 0 .. b - 1 |]
            let! labels = Gen.shuffle [| 0 .. l - 1 |]

            return
                {
                    Z = z
                    Theta = theta
                    Y = y
                    Rows = 100
                    Counts = counts
                    RowOrder = rows
                    LabelOrder = labels
                }
        }
        |> Arb.fromGen

/// What the properties of losses compute of a case.
module LossValues =

    let tensor = Float64.matrix

    let losses case =
        Losses.examples (LabelCounts.create case.Rows case.Counts)

    let margins case =
        Spaces.margins (Thresholds(tensor case.Theta)) (Logits(tensor case.Z))

    let valueAt loss case =
        Tensors.using (fun () -> Loss.value loss (Targets(tensor case.Y)) (margins case) |> Tensors.item)

    /// (value, d value / d m [B L])
    let gradientAt loss y (m: float[][]) =
        Tensors.using (fun () ->
            let leaf = (tensor m).requires_grad_ true
            let value = Loss.value loss (Targets(tensor y)) (Margins leaf)
            value.backward ()
            Tensors.item value, Float64.gradient leaf)

    let difference case =
        Array.map2 (Array.map2 (-)) case.Z case.Theta

    let pairsOf (f: Targets -> Margins -> torch.Tensor) case =
        Tensors.using (fun () -> f (Targets(tensor case.Y)) (margins case) |> Float64.toArray)

    let close = Tolerance.close { Absolute = 1e-9; Relative = 1e-9 }

    let closeAll (a: float[]) (b: float[]) =
        a.Length = b.Length && Array.forall2 close a b
