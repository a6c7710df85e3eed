namespace Limen.Core.Reporting

open Limen.Core
open Limen.Kernels

/// Which labels come together.
[<RequireQualifiedAccess>]
module internal CoOccurrence =

    /// The k labels that most rows have, the most frequent first.
    let frequent (k: int) (m: Measured) : int[] =
        [| 0 .. m.Labels.Count - 1 |]
        |> Array.filter (fun l -> Measured.positives l m > 0.0)
        |> Array.sortBy (fun l -> struct (-(Measured.positives l m), l))
        |> Array.truncate k

    /// The share of the rows with label i that have label j [k, k]; NaN on the diagonal and where no row has label i.
    let shares (labels: int[]) (weights: float32[] option) (LabelSets sets) : float[][] =
        let place = labels |> Seq.mapi (fun i l -> l, i) |> dict
        let together = Array.init labels.Length (fun _ -> Array.zeroCreate labels.Length)

        for row in 0 .. sets.Rows - 1 do
            let w = RowWeights.at row weights

            let mine =
                Csr.set row sets
                |> Array.choose (fun l ->
                    match place.TryGetValue l with
                    | true, i -> Some i
                    | _ -> None)

            for i in mine do
                for j in mine do
                    together[i][j] <- together[i][j] + w

        together
        |> Array.mapi (fun i row ->
            row
            |> Array.mapi (fun j w ->
                if i = j || together[i][i] = 0.0 then
                    nan
                else
                    w / together[i][i]))
