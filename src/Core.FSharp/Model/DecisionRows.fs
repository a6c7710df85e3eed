namespace Limen.Core

/// The rows that the decision is fitted on, and what becomes of them afterwards. In every case it is fitted on scores of rows that signals and scorers had not seen. "All rows"
/// are the training rows and, where they are given, the validation rows.
[<RequireQualifiedAccess>]
type DecisionRows =
    /// A share of all rows, above 0 and below 1, which signals and scorers then do without.
    | HoldOut of share: float
    /// All rows: each fold is scored by signals and scorers that were fitted on the other folds; the model's own are fitted on all rows. Repeated, the rows are parted into
    /// folds again each time, and the decision is fitted on all scores of a row, which count as one row together: less depends on the partition (Chernozhukov et al. 2018,
    /// section 3.4, https://doi.org/10.1111/ectj.12097). The cost is that of folds x repeats fits and one more; folds: at least 2; repeats: 1 to 100, 1: no repetition.
    | CrossFit of folds: int * repeats: int
    /// The validation rows, which signals and scorers never learn from: the protocol of published comparisons.
    | ValidationOnly
    /// The validation rows; signals and scorers are then fitted again on all rows, as long as before, and the decision stays. The cost is that of two fits.
    | ValidationThenAll

[<RequireQualifiedAccess>]
module DecisionRows =

    /// Up to this many rows are cross-fitted by default.
    let private few = 10_000

    let private mostRepeats = 100

    /// As often as `few` rows and a million pairs of rows and labels go into those that there are, 20 times at most. The fewer rows and labels, the more of macro-F1 is chance, and
    /// the less it costs to average it out: no small data set takes longer than one of so many rows or pairs.
    let private repeatsFor (labels: int) (rows: int) =
        let pairs = int64 (max 1 rows) * int64 (max 1 labels)

        [ int64 few / int64 (max 1 rows); 1_000_000L / pairs; 20L ]
        |> List.min
        |> max 1L
        |> int

    /// So many validation rows are enough to decide on, where there are too many rows to cross-fit.
    let private enough = 1_000

    /// The default for so many labels, training and validation rows (docs/decision-rows.md): CrossFit of 5 folds up to 10,000 rows in all, repeated where rows and labels are
    /// few; above, ValidationThenAll with 1,000 validation rows or more and HoldOut 0.1 with fewer or none.
    let forRows (labels: int) (training: int) (validation: int) : DecisionRows =
        let rows = training + validation

        if rows <= few then
            DecisionRows.CrossFit(5, repeatsFor labels rows)
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
        | DecisionRows.CrossFit(folds, repeats) ->
            Limits.whole "decision rows, folds" (2, Limits.parts) folds
            @ Limits.whole "decision rows, repeats" (1, mostRepeats) repeats
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
