namespace Limen.Core

/// How the rarity of a label becomes a number; N training rows, n_l of them with label l.
type IdfSmoothing =
    /// ln((N + 1) / (n_l + 1)): 0 for a label of every row, ln(N + 1) for one of no row.
    | AddOne
    /// ln(N / n_l); a label without rows is given the value of a label with one.
    | NoSmoothing
    /// ln((N + 1) / (n_l + 1)) / ln(N + 1), in [0, 1]; 0 when there are no rows at all.
    | Log1pNormalised

/// The global signal IDF_l: one number per label, larger for rarer labels, in nats (arXiv 2505.03118, section 3).
[<RequireQualifiedAccess>]
module Idf =

    /// IDF [L] of labels with the given row counts n_l [L] among `rows` rows; never negative. Throws ArgumentException
    /// when a count is negative or above the number of rows.
    let ofCounts (smoothing: IdfSmoothing) (rows: int) (counts: int[]) : float32[] =
        counts
        |> Array.tryFindIndex (fun n -> n < 0 || n > rows)
        |> Option.iter (fun l ->
            invalidArg (nameof counts) $"label {l}: expected a count in 0 .. {rows}, received {counts[l]}")

        let log1p (n: int) = log (float n + 1.0)

        let rarity (n: int) =
            match smoothing with
            | AddOne -> log1p rows - log1p n
            | NoSmoothing -> log (float (max 1 rows)) - log (float (max 1 n))
            | Log1pNormalised -> if rows = 0 then 0.0 else 1.0 - log1p n / log1p rows

        counts |> Array.map (rarity >> float32)

    /// IDF [L] of the labels of the training rows.
    let fit (smoothing: IdfSmoothing) (train: Dataset) : float32[] =
        ofCounts smoothing train.Rows (Csr.columnCounts train.Labels)
