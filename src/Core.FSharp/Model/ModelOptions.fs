namespace Limen.Core

open Limen

/// What the string of a label is.
[<RequireQualifiedAccess>]
type LabelReading =
    /// An identifier: nothing is read from it.
    | Identifier
    /// A name, whose words say what the label means: the scorers learn from it as from a text of the label (NamedLabels), and one more says how much of it stands in a row
    /// (NameCoverage).
    | Name

/// How a model is put together. Everything has a default (ModelOptions.defaults).
[<NoEquality; NoComparison>]
type ModelOptions =
    {
        /// The global signal: label rarity. None: thresholds do not know it.
        Global: GlobalSignalSpec option
        /// The local signal: the labels of the row's neighbours. None: thresholds do not know them.
        Local: LocalSignalSpec option
        /// One or more; several are stacked by the decision. Of several views of the rows they read the first.
        Scorers: Scorer list
        /// The scorers that read each further view, stacked with the others.
        ViewScorers: Scorer list
        /// What scorers of texts may learn from the labels' strings.
        Labels: LabelReading
        /// What turns scores into label sets, fitted on rows that the scorers did not learn from.
        Decision: DecisionOptions
        /// Labels that each scorer proposes for a row; no other label can be predicted, save those the neighbours carry.
        Candidates: int
        /// What the decision is fitted on. None: as DecisionRows.forRows says.
        DecisionRows: DecisionRows option
        /// What a fit does when its token is cancelled.
        WhenCancelled: WhenCancelled
        /// Where a fit leaves what it has finished, for one of the same options and rows to go on from.
        Checkpoints: CheckpointOptions option
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module ModelOptions =

    /// Rarity by IDF, 30 neighbours, one perceptron, the fused rule.
    let defaults =
        {
            Global = Some(Idf.signal IdfSmoothing.AddOne)
            Local = Some(FeatureKnn.signal FeatureKnnOptions.standard)
            Scorers = [ Perceptron.scorer (PerceptronOptions()) ]
            ViewScorers = [ Linear.scorer LinearOptions.standard ]
            Labels = LabelReading.Identifier
            Decision = DecisionOptions.defaults
            Candidates = 60
            DecisionRows = None
            WhenCancelled = WhenCancelled.Throw
            Checkpoints = None
            Seed = Seed.ofInt 1
        }

    /// The same options with every scorer, and the local signal, on its block of the features: the scorers and the signal on the first view, the view scorers on every
    /// further one.
    let onViews (views: Columns list) (o: ModelOptions) : ModelOptions =
        match views with
        | []
        | [ _ ] -> o
        | first :: further ->
            { o with
                Local = o.Local |> Option.map (ViewSignal.signal first)
                Scorers =
                    [
                        yield! o.Scorers |> List.map (ViewScorer.scorer first)
                        for view in further do
                            yield! o.ViewScorers |> List.map (ViewScorer.scorer view)
                    ]
            }

    /// The scorers; where labels are read by their names they learn from these too, and one more says how much of a name stands in a row. Throws
    /// ConfigurationException where there is no text that their words could stand in.
    let internal namingScorers (input: InputSpace) (labels: LabelSpace) (o: ModelOptions) : Scorer list =
        match o.Labels with
        | LabelReading.Identifier -> o.Scorers
        | LabelReading.Name ->
            if (InputSpace.vectorisers input).IsEmpty then
                Configuration.require
                    [
                        $"label names: expected rows of texts, which their words may stand in, received {InputSpace.kind input}"
                    ]

            let names = NamedLabels.rows input labels

            [
                yield! o.Scorers |> List.map (NamedLabels.scorer names)
                if names.Rows > 0 then
                    NameCoverage.scorer names
            ]

    let private ownFaults (o: ModelOptions) =
        [
            match o.Global with
            | Some spec -> yield! spec.Faults
            | None -> ()
            match o.Local with
            | Some spec -> yield! spec.Faults
            | None -> ()
            if o.Scorers.IsEmpty then
                "scorers: expected at least one"
            yield! o.Scorers @ o.ViewScorers |> List.collect Scorer.faults
            yield! Limits.whole "candidates" (1, Limits.listed) o.Candidates
            yield! o.DecisionRows |> Option.toList |> List.collect DecisionRows.faults
            yield! o.Checkpoints |> Option.toList |> List.collect CheckpointFolder.faults
        ]

    /// Every fault that shows before the labels are known, in plain sentences, each once.
    let faults (o: ModelOptions) : string list =
        ownFaults o @ DecisionOptions.faults o.Decision |> List.distinct

    /// Every fault for known labels.
    let faultsFor (labels: LabelSpace) (o: ModelOptions) : string list =
        ownFaults o @ DecisionOptions.faultsFor labels o.Decision |> List.distinct
