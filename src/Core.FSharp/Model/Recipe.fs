namespace Limen.Core

open System

/// The settings that stand behind the library's defaults and reports, chosen on validation rows (docs/findings.md).
[<RequireQualifiedAccess>]
module Recipe =

    /// Words as terms, those in five or more training texts.
    let vectoriser: VectoriserOptions =
        { Vectoriser.defaults with
            Longest = 1
            MinDf = 5
        }

    /// Labels from which a network learns from shortlists.
    let private many = 20_000

    let private sampling (labels: int) =
        if labels < many then
            LabelSampling.All
        else
            LabelSampling.Shortlist 2_000

    /// Small data sets get more passes, up to 60.
    let private epochs (rows: int) =
        Math.Clamp(500_000 / max 1 rows, 15, 60)

    /// The full model for so many training rows and labels: both signals, a network of one hidden layer stacked with one-vs-rest
    /// linear models, the fused decision for the objective.
    let full (objective: Objective) (seed: int) (rows: int) (labels: int) : ModelOptions =
        let seed = Seed.ofInt seed

        { ModelOptions.defaults with
            Scorers =
                [
                    Perceptron(
                        NetworkOptions.defaults,
                        { TrainingOptions.defaults with
                            Epochs = epochs rows
                            Labels = sampling labels
                            Patience = 5
                            Seed = seed
                        }
                    )
                    Linear
                        { LinearOptions.standard with
                            Seed = seed
                        }
                ]
            Decision =
                { DecisionOptions.defaults with
                    Objective = objective
                }
            Seed = seed
        }
