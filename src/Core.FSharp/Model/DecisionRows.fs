namespace Limen.Core

/// The rows that the decision is fitted on where no validation rows are given. Either way it is fitted on scores of rows that signals and scorers had not seen.
[<RequireQualifiedAccess>]
type DecisionRows =
    /// A share of the training rows, above 0 and below 1, which signals and scorers then do without.
    | HoldOut of share: float
    /// All training rows: each fold is scored by signals and scorers that were fitted on the other folds; the model's own are fitted on all rows. The cost is that of as
    /// many fits as there are folds, at least 2, and one more.
    | CrossFit of folds: int

[<RequireQualifiedAccess>]
module DecisionRows =

    /// Up to this many training rows are cross-fitted by default.
    let private few = 10_000

    /// The default for so many training rows: CrossFit 5 up to 10,000, HoldOut 0.1 above.
    let forRows (rows: int) : DecisionRows =
        if rows <= few then
            DecisionRows.CrossFit 5
        else
            DecisionRows.HoldOut 0.1

    /// Every number that is out of its range, in words.
    let faults (rows: DecisionRows) : string list =
        match rows with
        | DecisionRows.HoldOut share when not (share > 0.0 && share < 1.0) ->
            [
                $"decision rows: expected a held-out share above 0 and below 1, received {share}"
            ]
        | DecisionRows.CrossFit folds when folds < 2 ->
            [ $"decision rows: expected at least 2 folds, received {folds}" ]
        | DecisionRows.HoldOut _
        | DecisionRows.CrossFit _ -> []
