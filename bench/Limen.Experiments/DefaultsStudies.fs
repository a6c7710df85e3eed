namespace Limen.Experiments

open System
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

/// One way to make a model of rows as they are read.
[<NoEquality; NoComparison>]
type Recipe =
    {
        Name: string
        Vectorisers: VectoriserOptions list
        Kind: FeatureKind
        Options: ModelOptions
    }

/// The defaults from rows to label sets beside what they were before; validation rows are those that a data set brings along, if it does.
[<RequireQualifiedAccess>]
module DefaultsStudies =

    let private now (seed: int) : Recipe =
        {
            Name = "now"
            Vectorisers = Presets.vectorisers ()
            Kind = FeatureKind.Automatic
            Options =
                { Presets.strong Objective.standard with
                    Seed = Seed.ofInt seed
                }
        }

    let private oneNetwork (r: Recipe) =
        { r with
            Options =
                { r.Options with
                    Scorers = Perceptron.scorer (PerceptronOptions()) :: r.Options.Scorers.Tail
                }
        }

    let private wordsAlone (r: Recipe) =
        { r with
            Vectorisers = [ VectoriserOptions(MinDocumentFrequency = Nullable 5) ]
        }

    let private standardised (r: Recipe) =
        { r with
            Kind = FeatureKind.Measurements
        }

    let private validationDecidesAlone (r: Recipe) =
        { r with
            Options =
                { r.Options with
                    DecisionRows = Some DecisionRows.ValidationOnly
                }
        }

    let private partedOnce (r: Recipe) =
        { r with
            Options =
                { r.Options with
                    DecisionRows = Some(DecisionRows.CrossFit(5, 1))
                }
        }

    /// Whether rows are parted into folds more than once by default.
    let private isRepeated (rows: Split<LabelledRows>) =
        match DecisionRows.forRows rows.Train.Space.Count rows.Train.Count 0 with
        | DecisionRows.CrossFit(_, repeats) -> repeats > 1
        | _ -> false

    /// More entries than zeros: features on scales of their own.
    let private isDense (x: CsrMatrix) =
        2L * int64 x.NonZeros > int64 x.Rows * int64 x.Columns

    /// Above this many rows one network is trained as it was before, and the changes are not taken back one by one.
    let private few = 10_000

    /// What has become another default for such rows, each with its name and the way back.
    let private changes (rows: Split<LabelledRows>) : (string * (Recipe -> Recipe)) list =
        [
            if rows.Train.Count <= few then
                "one network", oneNetwork
            match Rows.tryFeatures rows.Train.Rows with
            | None -> "words in five texts, one view", wordsAlone
            | Some x when isDense x -> "standardised", standardised
            | Some _ -> ()
            if rows.Validation.IsSome then
                "validation rows decide alone", validationDecidesAlone
            elif isRepeated rows then
                "parted into folds once", partedOnce
        ]

    /// The recipe of today, with each change taken back, and with all of them.
    let private recipes (rows: Split<LabelledRows>) (seed: int) : Recipe list =
        let now = now seed
        let changes = changes rows
        let back = List.fold (fun recipe (_, undo) -> undo recipe) now changes

        [
            { back with Name = "before" }
            if changes.Length > 1 && rows.Train.Count <= few then
                for name, undo in changes do
                    { undo now with
                        Name = $"now, but {name}"
                    }
            now
        ]

    let private outcome (rows: Split<LabelledRows>) (test: LabelledRows) (recipe: Recipe) : Outcome =
        let model =
            Pipeline.fit
                recipe.Options
                recipe.Vectorisers
                recipe.Kind
                rows.Train
                rows.Validation
                ignore
                CancellationToken.None

        let scores = Model.scores (Model.features test.Rows model) model
        let predicted = FittedDecision.decide model.Decision scores
        Ranker.dispose model.Ranker

        {
            Variant = recipe.Name
            Scores = scores
            Predicted = predicted
            HeldOut = []
        }

    /// Test rows are measured once for each recipe; intervals are of the difference to the defaults before.
    let defaults (seed: int) (task: Task) : Finding list =
        let rows = task.Source()
        let test = Option.get rows.Test

        let known =
            rows.Train :: Option.toList rows.Validation
            |> List.map _.Space
            |> List.reduce LabelSpace.union

        let truth = (LabelledRows.relabel (LabelSpace.union known test.Space) test).Truth

        recipes rows seed
        |> List.map (outcome rows test)
        |> Finding.ofOutcomes "defaults" task.Name truth seed "before"
