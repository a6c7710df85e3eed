namespace Limen.Cli

open System.Threading
open Limen.Core
open Limen.Kernels

/// One line of a study: what was varied, and what came out.
type Finding =
    {
        Study: string
        Task: string
        Variant: string
        Seed: int
        Values: (string * float) list
    }

/// The experiments that answer the paper's open questions. Each fits on training rows, decides on validation rows and
/// measures on test rows; labels reach inference in one study alone, which says so in its name.
[<RequireQualifiedAccess>]
module Studies =

    let private options (seed: int) (task: Task) : ModelOptions =
        Recipe.full Objective.MacroPlusMicro seed task.Train.Rows

    let private fit (task: Task) (o: ModelOptions) : Model =
        Model.fit o task.Labels task.Input task.Train (Some task.Validation) ignore CancellationToken.None

    let private sigmoid (v: float32) = 1f / (1f + exp -v)

    let private values (truth: CsrMatrix) (scores: CsrMatrix) (predicted: CsrMatrix) =
        let m = Evaluation.measure truth scores predicted
        let probabilities = scores |> Csr.mapValues (fun _ _ v -> sigmoid v)

        [
            "macro_f1_a", m.MacroF1A
            "macro_f1_c", m.MacroF1C
            "micro_f1", m.MicroF1
            "p_at_1", m.PrecisionAt1
            "p_at_5", m.PrecisionAt5
            "ece",
            Reliability.ofProbabilities Reliability.standardBins truth probabilities
            |> Reliability.ece
        ]

    let private finding study (task: Task) variant seed values =
        {
            Study = study
            Task = task.Name
            Variant = variant
            Seed = seed
            Values = values
        }

    let private measured study (task: Task) variant seed (model: Model) =
        let scores = Model.scores task.Test.Features model

        values task.Test.Labels scores (Decision.decide model.Decision scores)
        |> finding study task variant seed

    /// (a) Static threshold, IDF, KNN and both, leak-free.
    let signals (seed: int) (task: Task) : Finding list =
        let full = options seed task

        let network =
            { full with
                Scorers = [ full.Scorers.Head ]
            }

        [
            "static threshold 0.5",
            { network with
                Global = None
                Local = None
                Decision =
                    { network.Decision with
                        Combination = Average
                        Rule = Rule.Fixed 0f
                    }
            }
            "IDF only", { network with Local = None }
            "KNN only", { network with Global = None }
            "full", network
        ]
        |> List.map (fun (name, o) -> fit task o |> measured "signals, leak-free" task name seed)

    /// (a) The same signals as the paper's code computes them: from the true labels of the rows that are predicted.
    let leakedSignals (seed: int) (task: Task) : Finding list =
        let full = options seed task
        let scorer = full.Scorers.Head
        let support = Csr.columnCounts task.Train.Labels
        let idf = Idf.ofCounts IdfSmoothing.AddOne task.Train.Rows support |> Rarity.ofIdf

        let leaked (labels: CsrMatrix) =
            PaperProtocol.knnFromTrueLabels labels
            |> Csr.mapValues (fun _ _ v -> min 1f (v / float32 task.Train.Rows * 10f))

        let silent (labels: CsrMatrix) =
            CsrMatrix(labels.Rows, labels.Columns, Array.zeroCreate (labels.Rows + 1), [||], [||])

        [
            "static", Array.zeroCreate idf.Length, silent
            "IDF only", idf, silent
            "KNN only", Array.zeroCreate idf.Length, leaked
            "full", idf, leaked
        ]
        |> List.map (fun (name, idf, local) ->
            let rows (d: Dataset) : TrainingRows =
                {
                    Features = d.Features
                    Labels = d.Labels
                    Local = local d.Labels
                }

            let fitted =
                Scorer.fit idf true (rows task.Train) (Some(rows task.Validation)) ignore CancellationToken.None scorer

            let scores =
                [ Scorer.margins idf task.Test.Features (local task.Test.Labels) fitted ]
                |> Candidates.collect full.Candidates 0f (local task.Test.Labels)
                |> ScoreLists.average

            values task.Test.Labels scores (Thresholds.decide (Thresholds.fixedAt idf.Length 0f) scores)
            |> finding $"signals, {PaperProtocol.warning}" task name seed)

    /// (b) The margin term: lambda_m against Delta, with the reliability of the probabilities.
    let margins (seed: int) (task: Task) : Finding list =
        let full = options seed task

        [
            yield 0.0, 0.1
            for weight in [ 0.05; 0.1; 0.2 ] do
                for delta in [ 0.05; 0.1; 0.2 ] do
                    yield weight, delta
        ]
        |> List.map (fun (weight, delta) ->
            let scorers =
                [
                    match full.Scorers.Head with
                    | Perceptron(network, training) ->
                        Perceptron(
                            network,
                            { training with
                                Loss = Loss.paper weight delta Symmetric
                            }
                        )
                    | other -> other
                ]

            fit task { full with Scorers = scorers }
            |> measured "margin" task $"lambda_m {weight}, Delta {delta}" seed)

    /// (c) What the local signal is made of.
    let locals (seed: int) (task: Task) : Finding list =
        let full = options seed task

        LocalSignalSpec.all
        |> List.map (fun spec ->
            fit
                task
                { full with
                    Local = Some spec
                    Scorers = [ full.Scorers.Head ]
                }
            |> measured "local signal" task (LocalSignalSpec.name spec) seed)

    /// (d), (e), (f) Every decision rule on the same scores of one full model, with the interval of its macro-F1's
    /// difference to Fused over resampled test rows.
    let rules (seed: int) (task: Task) : Finding list =
        let full = options seed task
        let model = fit task full
        let heldOut = Model.scoreLists task.Validation.Features model
        let test = Model.scoreLists task.Test.Features model

        let context =
            {
                Support = model.Support
                Rows = model.Rows
                Idf = model.Idf
                Seed = full.Seed
            }

        let decided =
            [
                yield
                    "fixed 0.5, unstacked",
                    { full.Decision with
                        Combination = Average
                        Rule = Rule.Fixed 0f
                    }
                yield
                    "Fused, macro objective",
                    { full.Decision with
                        Objective = Objective.MacroF1
                    }
                for name, rule in Rule.all do
                    yield name, { full.Decision with Rule = rule }
            ]
            |> List.map (fun (name, o) ->
                let decision = Decision.fit o context heldOut task.Validation.Labels
                let scores = Decision.scores model.Idf decision test
                name, scores, Decision.decide decision scores)

        let _, _, fused = decided |> List.find (fun (name, _, _) -> name = "Fused")

        decided
        |> List.map (fun (name, scores, predicted) ->
            let interval =
                Bootstrap.difference
                    { Bootstrap.standard with
                        Resamples = 200
                    }
                    full.Seed
                    (F1.macro (AllLabels AsZero))
                    task.Test.Labels
                    fused
                    predicted

            values task.Test.Labels scores predicted
            @ [
                "fused_minus_this", interval.Difference
                "interval_lower", interval.Lower
                "interval_upper", interval.Upper
            ]
            |> finding "rules" task name seed)
