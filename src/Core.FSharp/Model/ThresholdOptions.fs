namespace Limen.Core

/// How thresholds for the scores of another model are put together.
[<RequireQualifiedAccess; ReferenceEquality>]
type ThresholdOptions =
    {
        /// The global signal: label rarity.
        Global: IdfSmoothing option
        /// The local signal. What it needs of predictions it takes from the scores; most look at features too.
        Local: LocalSignalSpec option
        Decision: DecisionOptions
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module ThresholdOptions =

    /// Rarity as the only signal, and the model's own decision.
    let defaults: ThresholdOptions =
        {
            Global = Some IdfSmoothing.AddOne
            Local = None
            Decision = DecisionOptions.defaults
            Seed = Seed.ofInt 1
        }

    /// Whether a local signal looks at the features of rows, and not at their scores alone.
    let rec readsFeatures (local: LocalSignalSpec) : bool =
        match local with
        | LocalSignalSpec.FeatureKnn _
        | LocalSignalSpec.MlKnn _
        | LocalSignalSpec.TfIdf _ -> true
        | LocalSignalSpec.LabelAgreement _
        | LocalSignalSpec.LabelNeighbours _
        | LocalSignalSpec.LearnedGraph _ -> false
        | LocalSignalSpec.Weighted parts -> parts |> List.exists (snd >> readsFeatures)

    /// Every fault of the options for L labels, in plain sentences.
    let faults (labels: int) (o: ThresholdOptions) : string list =
        [
            match o.Local with
            | Some local -> yield! LocalSignalSpec.faults local
            | None -> ()
            yield! Rule.faults o.Decision.Rule
            yield! Objective.faults labels o.Decision.Objective
            yield!
                o.Decision.Calibration
                |> Option.toList
                |> List.collect CalibrationOptions.faults
        ]
