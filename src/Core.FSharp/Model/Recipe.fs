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

    /// Labels from which the hidden layer is half as wide: the work of a step grows with labels times units.
    let private wide = 20_000

    /// The work of a training, rows times labels times units times epochs, beyond which it has fewer epochs.
    let private work = 6e12

    let private fewestEpochs = 5

    let private network (labels: int) : NetworkOptions =
        if labels < wide then
            NetworkOptions.defaults
        else
            { NetworkOptions.defaults with
                Hidden = [ 256 ]
            }

    /// Small data sets get more passes, up to 60; very large ones fewer than 15.
    let private epochs (rows: int) (labels: int) (network: NetworkOptions) =
        let epoch = float rows * float labels * float network.Hidden.Head
        let affordable = max (float fewestEpochs) (work / epoch)
        min (Math.Clamp(500_000 / max 1 rows, 15, 60)) (int (min affordable 60.0))

    /// The full model for so many training rows and labels: both signals, a network of one hidden layer stacked with one-vs-rest
    /// linear models, the fused decision for the objective.
    let full (objective: Objective) (seed: int) (rows: int) (labels: int) : ModelOptions =
        let seed = Seed.ofInt seed
        let network = network labels

        { ModelOptions.defaults with
            Scorers =
                [
                    Perceptron(
                        network,
                        { TrainingOptions.defaults with
                            Epochs = epochs rows labels network
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
