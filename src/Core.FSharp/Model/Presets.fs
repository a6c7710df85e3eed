namespace Limen.Core

open Limen

/// The settings that stand behind the library's defaults and reports, chosen on validation rows (docs/findings.md).
[<RequireQualifiedAccess>]
module Presets =

    /// Words as terms; in how many texts they must be is chosen from the training texts.
    let vectorisers () : VectoriserOptions list = [ VectoriserOptions() ]

    /// The strongest model of the library: both signals, networks of one hidden layer (four up to 10,000 rows, one above) stacked with one-vs-rest linear models, the fused decision for the
    /// objective. For texts, with the vectorisers above.
    let strong (objective: Objective) : ModelOptions =
        { ModelOptions.defaults with
            Scorers =
                [
                    Perceptron.scorer (PerceptronOptions()) |> Ensemble.scorer None
                    Linear.scorer LinearOptions.standard
                ]
            Decision =
                { DecisionOptions.defaults with
                    Objective = objective
                }
        }
