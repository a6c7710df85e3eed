namespace Limen.Core.Reporting

open Limen.Core

/// Labels of about the same frequency in the training rows.
type internal Bucket =
    {
        /// "20 to 99".
        Name: string
        Labels: int[]
    }

[<RequireQualifiedAccess>]
module internal Bucket =

    /// From so many training rows on, a new bucket begins.
    let private edges = [ 0.0; 1.0; 5.0; 20.0; 100.0; 1_000.0 ]

    let private name (first: float) (next: float option) =
        let whole (v: float) =
            v.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture)

        match next with
        | None -> $"{whole first}+"
        | Some next when next - 1.0 = first -> whole first
        | Some next -> $"{whole first} to {whole (next - 1.0)}"

    /// The buckets that have labels which rows of the report have or were given, the rarest first.
    let all (m: Measured) : Bucket list =
        let isSeen l =
            m.Counts[l].TP + m.Counts[l].FP + m.Counts[l].FN > 0.0

        let place (support: float) =
            edges |> List.findIndexBack (fun edge -> support >= edge)

        [| 0 .. m.Labels.Count - 1 |]
        |> Array.filter isSeen
        |> Array.groupBy (fun l -> place m.Support[l])
        |> Array.sortBy fst
        |> Array.map (fun (at, labels) ->
            {
                Name = name edges[at] (List.tryItem (at + 1) edges)
                Labels = labels
            })
        |> List.ofArray

    /// All pairs of its labels counted together.
    let total (m: Measured) (b: Bucket) : Confusion =
        b.Labels
        |> Array.map (fun l -> m.Counts[l])
        |> Array.fold Confusion.add Confusion.zero

    /// The mean F1 of its labels, 0/0 = 0.
    let macroF1 (m: Measured) (b: Bucket) : float =
        b.Labels |> Array.averageBy (fun l -> Measured.f1 l m)
