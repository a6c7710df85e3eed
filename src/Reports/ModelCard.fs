namespace Limen.Core.Reporting

open System.Globalization
open Limen.Core

/// What a model is, what it was made from and what it holds.
[<RequireQualifiedAccess>]
module internal ModelCard =

    let private whole (v: float) =
        v.ToString("#,0.##", CultureInfo.InvariantCulture)

    let private held (model: Model) =
        match model.Ranker.Local with
        | Some { Signal = { Voters = Some votes } } ->
            $"features and labels of {whole (float votes.Labels.Rows)} training rows, which vote as neighbours; no texts"
        | _ -> "none"

    let private isDone (fitted: FittedScorer) =
        match fitted.Log with
        | None -> ""
        | Some log ->
            match log.End with
            | AllEpochs -> $", all {log.Epochs.Length} epochs"
            | EarlyStop best -> $", stopped early, best epoch {best} of {log.Epochs.Length}"
            | Cancelled best -> $", cancelled, best epoch {best}"
            | Diverged(best, reason) -> $", state of epoch {best}: {reason}"

    /// Name and value of each line.
    let lines (model: Model) : (string * string) list =
        let origin = model.Origin
        let (Seed seed) = origin.Seed

        [
            "labels", whole (float model.Labels.Count)
            "training rows", whole model.Counts.Rows
            "labels of a training row", whole model.Counts.Cardinality
            "features", whole (float (InputSpace.dimension model.Input))
            for line in InputSpace.describe model.Input do
                "reads", line
            for i, scorer in List.indexed model.Ranker.Scorers do
                $"scorer {i + 1}", scorer.Stored.Tag + isDone scorer
            "candidates of a scorer for a row", whole (float model.Ranker.Candidates)
            for note in model.Decision.Rule.Notes do
                "decision", note
            for entry in origin.Options do
                $"option: {entry.Key}", entry.Value
            "seed", string seed
            "training rows held", held model
            "SHA-256 of the training rows", origin.Data
            "library", $"Limen {typeof<Model>.Assembly.GetName().Version}"
        ]
