namespace Limen.Core

/// The rows that the decision is fitted on where no validation rows are given. Either way it is fitted on scores of rows
/// that signals and scorers had not seen.
[<RequireQualifiedAccess>]
type DecisionRows =
    /// A share of the training rows, which signals and scorers then do without.
    | HoldOut of share: float
    /// All training rows: each fold is scored by signals and scorers that were fitted on the other folds; the model's own are
    /// fitted on all rows. Costs about as many fits as there are folds, and one.
    | CrossFit of folds: int

/// How a model is put together. Everything has a default (ModelOptions.defaults).
[<ReferenceEquality>]
type ModelOptions =
    {
        /// The global signal: label rarity. None: thresholds do not know it.
        Global: IdfSmoothing option
        /// The local signal: the labels of the row's neighbours. None: thresholds do not know them.
        Local: LocalSignalSpec option
        /// One or more; several are stacked by the decision.
        Scorers: ScorerOptions list
        /// What turns scores into label sets, fitted on rows that the scorers did not learn from.
        Decision: DecisionOptions
        /// Labels that each scorer proposes for a row; no other label can be predicted, save those the neighbours carry.
        Candidates: int
        /// Where no validation rows are given. None: as DecisionRows.forRows says.
        DecisionRows: DecisionRows option
        Seed: Seed
    }

/// The stages of fitting, in their order. With cross-fitting the scorers of the folds count too.
type FitPhase =
    | FittingSignals
    | FittingScorer of index: int * count: int
    | FittingDecision

/// Where a fit stands: the stage, the share of that stage that is done, and the training's own numbers.
type FitProgress =
    {
        Phase: FitPhase
        Done: float
        Training: TrainingProgress option
    }

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

[<RequireQualifiedAccess>]
module ModelOptions =

    let defaults =
        {
            Global = Some IdfSmoothing.AddOne
            Local = Some(LocalSignalSpec.FeatureKnn FeatureKnnOptions.standard)
            Scorers = [ Perceptron(NetworkOptions.defaults, TrainingOptions.defaults) ]
            Decision = DecisionOptions.defaults
            Candidates = 60
            DecisionRows = None
            Seed = Seed.ofInt 1
        }

    /// Every fault of the options, in plain sentences.
    let faults (o: ModelOptions) =
        [
            if o.Scorers.IsEmpty then
                "scorers: expected at least one"
            yield! o.Scorers |> List.collect Scorer.faults
            match o.Local with
            | Some local -> yield! LocalSignalSpec.faults local
            | None -> ()
            if o.Candidates < 1 then
                $"candidates: expected at least 1, received {o.Candidates}"
            yield!
                o.Decision.Calibration
                |> Option.toList
                |> List.collect CalibrationOptions.faults
            yield! o.DecisionRows |> Option.toList |> List.collect DecisionRows.faults
        ]
