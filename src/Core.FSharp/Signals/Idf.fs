namespace Limen.Core

/// How the rarity of a label becomes a number; N training rows, n_l of them with label l.
type IdfSmoothing =
    /// ln((N + 1) / (n_l + 1)): 0 for a label of every row, ln(N + 1) for one of no row.
    | AddOne = 0
    /// ln(N / n_l); a label without rows is given the value of a label with one.
    | None = 1
    /// ln((N + 1) / (n_l + 1)) / ln(N + 1), in [0, 1]; 0 when there are no rows at all.
    | Normalised = 2

/// The global signal IDF_l: one number per label, larger for rarer labels, in nats (arXiv 2505.03118, section 3).
[<RequireQualifiedAccess>]
module Idf =

    /// IDF [L] of labels with the given counts; never negative. Throws ArgumentException when a count is negative or above the number of rows.
    let ofCounts (smoothing: IdfSmoothing) (counts: LabelCounts) : float32[] =
        counts.Positives
        |> Array.tryFindIndex (fun n -> not (n >= 0.0 && n <= counts.Rows))
        |> Option.iter (fun l ->
            invalidArg
                (nameof counts)
                $"label {l}: expected a count in 0 .. {counts.Rows}, received {counts.Positives[l]}")

        let log1p (n: float) = log (n + 1.0)

        let rarity (n: float) =
            match smoothing with
            | IdfSmoothing.AddOne -> log1p counts.Rows - log1p n
            | IdfSmoothing.None -> log (max 1.0 counts.Rows) - log (max 1.0 n)
            | IdfSmoothing.Normalised ->
                if counts.Rows = 0.0 then
                    0.0
                else
                    1.0 - log1p n / log1p counts.Rows
            | other -> invalidArg (nameof smoothing) $"expected a smoothing of IDF, received {other}"

        counts.Positives |> Array.map (rarity >> float32)

    /// IDF [L] of the labels of the training rows.
    let fit (smoothing: IdfSmoothing) (train: Dataset) : float32[] =
        ofCounts smoothing (LabelCounts.ofRows train)

    /// The signal of label rarity.
    let signal (smoothing: IdfSmoothing) : GlobalSignalSpec =
        {
            Name = "idf"
            Faults =
                [
                    if not (System.Enum.IsDefined smoothing) then
                        $"Idf: expected AddOne, None or Normalised, received {smoothing}"
                ]
            Fit = ofCounts smoothing
        }

    /// In the registry.
    let entry: GlobalSignalEntry =
        {
            Door = "Idf"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples =
                // normalised, the third way, is the first once rarity is divided by its largest value
                [ signal IdfSmoothing.AddOne; signal IdfSmoothing.None ]
            Faulty = [ signal (enum 9) ]
        }
