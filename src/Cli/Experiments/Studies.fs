namespace Limen.Cli

open System.Threading
open Limen.Core
open Limen.Kernels

/// The experiments that answer the paper's open questions. Each fits on training rows, decides on validation rows and
/// measures on test rows; labels reach inference in one study alone, which says so in its name.
[<RequireQualifiedAccess>]
module Studies =

    /// The recipe with its defaults, for a data set.
    let options (seed: int) (task: Task) : ModelOptions =
        Recipe.full Objective.standard seed task.Train.Rows task.Labels.Count

    /// The recipe without its linear models: what varies in the network shows best in the network alone.
    let private network (seed: int) (task: Task) : ModelOptions =
        let full = options seed task

        { full with
            Scorers = [ full.Scorers.Head ]
        }

    let private trained (change: TrainingOptions -> TrainingOptions) (o: ModelOptions) : ModelOptions =
        { o with
            Scorers =
                o.Scorers
                |> List.map (function
                    | Perceptron(shape, training) -> Perceptron(shape, change training)
                    | other -> other)
        }

    /// A model of the task's training rows, decided on its validation rows.
    let fit (task: Task) (o: ModelOptions) : Model =
        Model.fit o task.Labels task.Input task.Train (Some task.Validation) ignore CancellationToken.None

    let private outcome (task: Task) variant (o: ModelOptions) : Outcome =
        let model = fit task o
        let scores = Model.scores task.Test.Features model

        {
            Variant = variant
            Scores = scores
            Predicted = Decision.decide model.Decision scores
            HeldOut =
                Model.scoreLists task.Validation.Features model
                |> HeldOut.measures o.Decision (HeldOut.context o.Seed model) task.Validation.Labels
        }

    let private compare study (task: Task) seed reference (variants: (string * ModelOptions) list) =
        variants
        |> List.map (fun (name, o) -> outcome task name o)
        |> Finding.ofOutcomes study task seed reference

    /// (a) Static threshold, IDF, KNN and both, leak-free.
    let signals (seed: int) (task: Task) : Finding list =
        let full = network seed task

        [
            "static threshold 0.5",
            { full with
                Global = None
                Local = None
                Decision =
                    { full.Decision with
                        Combination = Average
                        Rule = Rule.Fixed 0f
                    }
            }
            "static, decided by Fused",
            { full with
                Global = None
                Local = None
            }
            "IDF only", { full with Local = None }
            "KNN only", { full with Global = None }
            "full", full
        ]
        |> compare "signals, leak-free" task seed "full"

    /// (a) The same signals as the paper's code computes them: from the true labels of the rows that are predicted.
    let leakedSignals (seed: int) (task: Task) : Finding list =
        let full = network seed task
        let support = Csr.columnCounts task.Train.Labels
        let idf = Idf.ofCounts IdfSmoothing.AddOne task.Train.Rows support |> Rarity.ofIdf

        let leaked (labels: CsrMatrix) =
            PaperProtocol.knnFromTrueLabels labels
            |> Csr.mapValues (fun _ _ v -> min 1f (v / float32 task.Train.Rows * 10f))

        let silent (labels: CsrMatrix) =
            CsrMatrix(labels.Rows, labels.Columns, Array.zeroCreate (labels.Rows + 1), [||], [||])

        let without = Array.zeroCreate idf.Length

        [
            "static", without, silent
            "IDF only", idf, silent
            "KNN only", without, leaked
            "full", idf, leaked
        ]
        |> List.map (fun (name, idf, local) ->
            let rows (d: Dataset) : TrainingRows =
                {
                    Features = d.Features
                    Labels = d.Labels
                    Local = local d.Labels
                    Weights = None
                }

            let fitted =
                Scorer.fit
                    idf
                    true
                    (rows task.Train)
                    (Some(rows task.Validation))
                    ignore
                    CancellationToken.None
                    full.Scorers.Head

            let scores =
                [ Scorer.margins idf task.Test.Features (local task.Test.Labels) fitted ]
                |> Candidates.collect full.Candidates 0f (local task.Test.Labels)
                |> ScoreLists.average

            {
                Variant = name
                Scores = scores
                Predicted = Thresholds.decide (Thresholds.fixedAt idf.Length 0f) scores
                HeldOut = []
            })
        |> Finding.ofOutcomes $"signals, {PaperProtocol.warning}" task seed "static"

    /// (b) The margin term: lambda_m against Delta, with the reliability of the probabilities.
    let margins (seed: int) (task: Task) : Finding list =
        [
            yield 0.0, 0.1
            for weight in [ 0.05; 0.1; 0.2 ] do
                for delta in [ 0.05; 0.1; 0.2 ] do
                    yield weight, delta
        ]
        |> List.map (fun (weight, delta) ->
            let loss = Losses.paper weight delta Symmetric
            $"lambda_m {weight}, Delta {delta}", network seed task |> trained (fun t -> { t with Loss = loss }))
        |> compare "margin" task seed "lambda_m 0, Delta 0.1"

    /// (c) What the local signal is made of.
    let locals (seed: int) (task: Task) : Finding list =
        let network = network seed task

        [
            yield "none", { network with Local = None }
            for spec in LocalSignalSpec.all do
                yield LocalSignalSpec.name spec, { network with Local = Some spec }
        ]
        |> compare "local signal" task seed "feature-knn"

    /// Who shares alpha, the weight of IDF in the learned thresholds.
    let alphas (seed: int) (task: Task) : Finding list =
        [
            "one for all", OneForAll
            "8 frequency buckets", ByFrequency 8
            "each label, prior 0.1", EachLabel 0.1
            "each label, prior 0", EachLabel 0.0
        ]
        |> List.map (fun (name, sharing) -> name, network seed task |> trained (fun t -> { t with Alpha = sharing }))
        |> compare "alpha" task seed "one for all"

    /// W [L, D] without the weights smaller than the level in magnitude.
    let private cut (level: float) (weights: CsrMatrix) : CsrMatrix =
        Array.init weights.Rows (fun l ->
            Csr.row l weights |> Array.filter (fun struct (_, w) -> abs (float w) >= level))
        |> Csr.ofRows weights.Columns

    /// The weights below which a linear model forgets a feature: linear models alone, trained once, cut at several levels.
    let prunes (seed: int) (task: Task) : Finding list =
        let support = Csr.columnCounts task.Train.Labels

        let context =
            {
                Support = support
                Rows = task.Train.Rows
                Idf = Rarity.ofSupport task.Train.Rows support
                Seed = Seed.ofInt seed
            }

        let silent (d: Dataset) =
            CsrMatrix(d.Rows, support.Length, Array.zeroCreate (d.Rows + 1), [||], [||])

        let whole =
            Linear
                { LinearOptions.standard with
                    Prune = 0.0
                    Seed = context.Seed
                }
            |> Scorer.fit
                context.Idf
                false
                {
                    Features = task.Train.Features
                    Labels = task.Train.Labels
                    Local = silent task.Train
                    Weights = None
                }
                None
                ignore
                CancellationToken.None

        let weights, bias =
            match whole with
            | FittedLinear linear -> linear.Weights, linear.Bias
            | FittedPerceptron _ -> invalidOp "a linear scorer was asked for and a perceptron was fitted"

        [ 0.0; 0.01; 0.03; 0.1; 0.3 ]
        |> List.map (fun level ->
            let kept = cut level weights

            let scorer =
                FittedLinear
                    {
                        Weights = kept
                        Bias = bias
                        ByFeature = LinearScores(LinearWeights(kept, bias))
                    }

            let lists =
                [
                    Scorer.margins context.Idf task.Validation.Features (silent task.Validation) scorer
                ]
                |> Candidates.collect 60 1f (silent task.Validation)

            {
                Study = "linear cut, on validation rows"
                Task = task.Name
                Variant = $"weights of {level} and more"
                Seed = seed
                Values =
                    ("weights", float kept.NonZeros)
                    :: HeldOut.measures DecisionOptions.defaults context task.Validation.Labels lists
            })
