namespace Limen.Core

open Limen.Kernels

/// Which end of its range a metric should come near to.
[<RequireQualifiedAccess>]
type Better =
    | Higher
    | Lower

/// A metric as a value.
[<ReferenceEquality>]
type Metric =
    {
        /// The key in reports: "macro_f1_a", "p_at_5".
        Name: string
        /// The name in tables.
        Title: string
        Better: Better
        /// The smallest and the largest value that it can take.
        Range: float * float
        /// Where it was published.
        Source: string
        /// The value on rows of weights above 0; None where the evidence lacks what it looks at, or where it is not defined.
        Read: Evidence -> float option
    }

[<RequireQualifiedAccess>]
module Metric =

    /// The metric on the rows that count, a row of weight 2 as that row twice. None where the evidence lacks what it looks at, or
    /// where it is not defined (the AUC of labels without both classes). Never NaN. ArgumentException when shapes differ or a score
    /// is NaN.
    let value (metric: Metric) (evidence: Evidence) : float option = metric.Read(Evidence.counted evidence)

    /// The same, where it must be defined: ArgumentException, naming the metric, where it is not.
    let number (metric: Metric) (evidence: Evidence) : float =
        match value metric evidence with
        | Some found -> found
        | None -> invalidArg (nameof evidence) $"expected evidence on which {metric.Title} is defined"

    /// Name and value of each metric that is defined on these rows, in the order given.
    let evaluate (metrics: Metric list) (evidence: Evidence) : (string * float) list =
        let counted = Evidence.counted evidence

        metrics
        |> List.choose (fun m -> m.Read counted |> Option.map (fun found -> m.Name, found))

    /// A share in [0, 1], the higher the better.
    let internal share name title source read : Metric =
        {
            Name = name
            Title = title
            Better = Better.Higher
            Range = 0.0, 1.0
            Source = source
            Read = read
        }

    /// The same where less is better.
    let internal loss name title source read : Metric =
        { share name title source read with
            Better = Better.Lower
        }

    /// Reads the counts of predicted label sets.
    let internal ofCounts (read: Counts -> float) (e: Evidence) : float option =
        e.Predicted
        |> Option.map (fun predicted -> Counts.ofSets e.Weights predicted e.Truth |> read)

    /// The mean over rows of a function of each row's confusion; 0 without rows.
    let internal ofRows (value: Confusion -> float) (e: Evidence) : float option =
        e.Predicted
        |> Option.map (fun (LabelSets predicted) ->
            let (LabelSets truth) = e.Truth
            Outcome.requireSameShape (nameof predicted) predicted truth
            Evidence.meanOverRows e.Weights e.Rows (Counts.ofRow predicted truth >> value))

    /// Reads scores [N, L] beside the truth [N, L], none of them NaN (which has no place in an order); otherwise ArgumentException.
    let internal ofScores (read: CsrMatrix -> CsrMatrix -> float option) (e: Evidence) : float option =
        e.Scores
        |> Option.bind (fun (Scores scores) ->
            let (LabelSets truth) = e.Truth
            Outcome.requireSameShape (nameof scores) scores truth

            for row in 0 .. scores.Rows - 1 do
                for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
                    if System.Single.IsNaN scores.Values[at] then
                        invalidArg
                            (nameof scores)
                            $"row {row + 1}, label {scores.Indices[at]}: expected a score, received NaN"

            read scores truth)

    /// The mean over rows of a function of the scores, the truth and the row; 0 without rows.
    let internal ofRowScores (value: CsrMatrix -> CsrMatrix -> int -> float) (e: Evidence) : float option =
        e
        |> ofScores (fun scores truth -> Some(Evidence.meanOverRows e.Weights e.Rows (value scores truth)))
