namespace Limen.Core

/// The settings that stand behind the library's defaults and reports, chosen on validation rows (docs/findings.md).
[<RequireQualifiedAccess>]
module Recipe =

    /// Words as terms, those in five or more training texts.
    let vectoriser: VectoriserOptions =
        { Vectoriser.defaults with
            Longest = 1
            MinDf = 5 }

    /// The full model: both signals, a network of one hidden layer stacked with one-vs-rest linear models, the fused decision for the objective.
    let full (objective: Objective) (seed: int) : ModelOptions =
        let seed = Seed.ofInt seed

        { ModelOptions.defaults with
            Scorers =
                [ Perceptron(NetworkOptions.defaults, { TrainingOptions.defaults with Seed = seed })
                  Linear { LinearOptions.standard with Seed = seed } ]
            Decision =
                { DecisionOptions.defaults with
                    Objective = objective }
            Seed = seed }
