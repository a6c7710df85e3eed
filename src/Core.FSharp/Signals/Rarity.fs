namespace Limen.Core

/// Rarity of the labels: IDF divided by its largest value, in [0, 1]; zeros where every label is in every row.
[<RequireQualifiedAccess>]
module Rarity =

    /// IDF_l / max IDF of any non-negative IDF [L].
    let ofIdf (idf: float32[]) : float32[] =
        let largest = if idf.Length = 0 then 0f else Array.max idf

        if largest > 0f then
            idf |> Array.map (fun v -> v / largest)
        else
            Array.zeroCreate idf.Length

    /// From n_l, the training positives of each label in N rows: IDF_l = ln((N + 1) / (n_l + 1)).
    let ofSupport (rows: int) (support: int[]) : float32[] =
        support
        |> Array.map (fun n -> float32 (log (float (rows + 1) / float (n + 1))))
        |> ofIdf
