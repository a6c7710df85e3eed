namespace Limen.Core

/// The rows that the decision is fitted on, and what becomes of them afterwards. In every case it is fitted on scores of rows that signals and scorers had not seen. "All rows"
/// are the training rows and, where they are given, the validation rows.
[<RequireQualifiedAccess>]
type DecisionRows =
    /// A share of all rows, above 0 and below 1, which signals and scorers then do without.
    | HoldOut of share: float
    /// All rows: each fold is scored by signals and scorers that were fitted on the other folds; the model's own are fitted on all rows. The cost is that of as
    /// many fits as there are folds, at least 2, and one more.
    | CrossFit of folds: int
    /// The validation rows, which signals and scorers never learn from: the protocol of published comparisons.
    | ValidationOnly
    /// The validation rows; signals and scorers are then fitted again on all rows, as long as before, and the decision stays. The cost is that of two fits.
    | ValidationThenAll

[<RequireQualifiedAccess>]
module DecisionRows =

    /// Up to this many rows are cross-fitted by default.
    let private few = 10_000

    /// So many validation rows are enough to decide on, where there are too many rows to cross-fit.
    let private enough = 1_000

    /// The default for so many training and validation rows (docs/decision-rows.md): CrossFit 5 up to 10,000 rows in all; above, ValidationThenAll with 1,000 validation
    /// rows or more and HoldOut 0.1 with fewer or none.
    let forRows (training: int) (validation: int) : DecisionRows =
        if training + validation <= few then
            DecisionRows.CrossFit 5
        elif validation >= enough then
            DecisionRows.ValidationThenAll
        else
            DecisionRows.HoldOut 0.1

    /// Every number that is out of its range, in words.
    let faults (rows: DecisionRows) : string list =
        match rows with
        | DecisionRows.HoldOut share when not (share > 0.0 && share < 1.0) ->
            [
                $"decision rows: expected a held-out share above 0 and below 1, received {share}"
            ]
        | DecisionRows.CrossFit folds -> Limits.whole "decision rows, folds" (2, Limits.parts) folds
        | DecisionRows.HoldOut _
        | DecisionRows.ValidationOnly
        | DecisionRows.ValidationThenAll -> []

    /// What is wrong with deciding on validation rows that are not there.
    let faultsFor (validation: int) (rows: DecisionRows) : string list =
        match rows with
        | DecisionRows.ValidationOnly
        | DecisionRows.ValidationThenAll when validation = 0 ->
            [
                "decision rows: expected validation rows, which the decision is to be fitted on; received none"
            ]
        | _ -> []
