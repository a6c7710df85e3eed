namespace Limen.Experiments

open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

/// The experiments that answer the paper's open questions. Each fits on training rows, decides on validation rows and
/// measures on test rows; labels reach inference in one study alone, which says so in its name.
[<RequireQualifiedAccess>]
module Studies =

    /// The strongest recipe, decided on validation rows that it never learns from: what is decided on them afterwards has scores like those of new rows.
    let options (seed: int) : ModelOptions =
        { Presets.strong Objective.standard with
            DecisionRows = Some DecisionRows.ValidationOnly
            Seed = Seed.ofInt seed
        }

    let private trained (perceptron: PerceptronOptions) (o: ModelOptions) : ModelOptions =
        { o with
            Scorers = [ Perceptron.scorer perceptron ]
        }

    /// The recipe with one network and no linear models: what varies in the network shows best in the network alone.
    let private network (seed: int) : ModelOptions =
        options seed |> trained (PerceptronOptions())

    /// A model of the task's training rows, decided on its validation rows.
    let fit (task: Task) (o: ModelOptions) : Model =
        Model.fit o task.Labels task.Input task.Train (Some task.Validation) ignore CancellationToken.None

    let private outcome (task: Task) variant (o: ModelOptions) : Outcome =
        let model = fit task o
        let scores = Model.scores task.Test.Features model

        {
            Variant = variant
            Scores = scores
            Predicted = FittedDecision.decide model.Decision scores
            HeldOut =
                HeldOut.measures
                    o.Decision
                    (HeldOut.context o.Seed model)
                    (Model.candidates task.Validation.Features model)
                    task.Validation.Truth
        }

    let private compare study (task: Task) seed reference (variants: (string * ModelOptions) list) =
        variants
        |> List.map (fun (name, o) -> outcome task name o)
        |> Finding.ofOutcomes study task.Name task.Test.Truth seed reference

    /// (a) Static threshold, IDF, KNN and both, leak-free.
    let signals (seed: int) (task: Task) : Finding list =
        let full = network seed

        [
            "static threshold 0.5",
            { full with
                Global = None
                Local = None
                Decision =
                    { full.Decision with
                        Combination = ScoreCombination.Average
                        Rule = FixedThreshold.rule 0f
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
        let full = network seed
        let idf = Idf.fit IdfSmoothing.AddOne task.Train |> Rarity.ofIdf

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
                full.Scorers.Head
                |> Scorer.fit
                    {
                        Rows = rows task.Train
                        Stop = Some(rows task.Validation)
                        Until = None
                        Rarity = idf
                        HasLocal = true
                        Seed = full.Seed
                        Progress = ignore
                        Cancellation = CancellationToken.None
                        WhenCancelled = WhenCancelled.Throw
                        Repeats = 1
                        Checkpoint = Checkpoint.none
                    }

            let test = local task.Test.Labels

            let input =
                {
                    Rarity = idf
                    Features = task.Test.Features
                    Local = test
                }

            let scores =
                [ Scorer.margins input fitted ]
                |> Candidates.collect full.Candidates 0f idf test
                |> CandidateScores.average

            {
                Variant = name
                Scores = scores
                Predicted = Thresholds.decide (Thresholds.fixedAt idf.Length 0f) scores
                HeldOut = []
            })
        |> Finding.ofOutcomes $"signals, {PaperProtocol.warning}" task.Name task.Test.Truth seed "static"

    /// (b) The margin term: lambda_m against Delta, with the reliability of the probabilities.
    let margins (seed: int) (task: Task) : Finding list =
        [
            yield 0.0, 0.1
            for weight in [ 0.05; 0.1; 0.2 ] do
                for delta in [ 0.05; 0.1; 0.2 ] do
                    yield weight, delta
        ]
        |> List.map (fun (weight, delta) ->
            let loss = Losses.paper weight delta MarginForm.Symmetric
            $"lambda_m {weight}, Delta {delta}", network seed |> trained (PerceptronOptions(Loss = loss)))
        |> compare "margin" task seed "lambda_m 0, Delta 0.1"

    /// (c) What the local signal is made of.
    let locals (seed: int) (task: Task) : Finding list =
        let network = network seed

        [
            yield "none", { network with Local = None }
            for spec in LocalSignals.examples do
                yield LocalSignalSpec.name spec, { network with Local = Some spec }
        ]
        |> compare "local signal" task seed "feature-knn"

    /// Who shares alpha, the weight of IDF in the learned thresholds.
    let alphas (seed: int) (task: Task) : Finding list =
        [
            "one for all", AlphaSharing.OneForAll()
            "8 frequency buckets", AlphaSharing.ByFrequency 8
            "each label, prior 0.1", AlphaSharing.EachLabel 0.1
            "each label, prior 0", AlphaSharing.EachLabel 0.0
        ]
        |> List.map (fun (name, sharing) -> name, network seed |> trained (PerceptronOptions(Alpha = sharing)))
        |> compare "alpha" task seed "one for all"

    /// W [L, D] without the weights smaller than the level in magnitude.
    let private cut (level: float) (weights: CsrMatrix) : CsrMatrix =
        Array.init weights.Rows (fun l ->
            Csr.row l weights |> Array.filter (fun struct (_, w) -> abs (float w) >= level))
        |> Csr.ofRows weights.Columns

    /// The weights below which a linear model forgets a feature: linear models alone, trained once, cut at several levels.
    let prunes (seed: int) (task: Task) : Finding list =
        let counts = LabelCounts.ofRows task.Train

        let context =
            {
                Labels = task.Labels
                Counts = counts
                Rarity = Idf.ofCounts IdfSmoothing.AddOne counts |> Rarity.ofIdf
                Scorings = 1
                Seed = Seed.ofInt seed
            }

        let silent = Csr.empty task.Validation.Rows task.Labels.Count

        let whole =
            Linear.fit
                { LinearOptions.standard with
                    Prune = 0.0
                    Seed = context.Seed
                }
                { new System.IProgress<float> with
                    member _.Report _ = ()
                }
                CancellationToken.None
                task.Train

        [ 0.0; 0.01; 0.03; 0.1; 0.3 ]
        |> List.map (fun level ->
            let kept = cut level whole.Weights

            let lists =
                [ Linear.ofWeights kept whole.Bias |> Linear.margins task.Validation.Features ]
                |> Candidates.collect 60 1f context.Rarity silent

            {
                Study = "linear cut, on validation rows"
                Task = task.Name
                Variant = $"weights of {level} and more"
                Seed = seed
                Values =
                    ("weights", float kept.NonZeros)
                    :: HeldOut.measures DecisionOptions.defaults context lists task.Validation.Truth
            })
