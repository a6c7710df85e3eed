namespace Limen.Core

open Limen

/// The settings that stand behind the library's defaults and reports, chosen on validation rows (docs/findings.md).
[<RequireQualifiedAccess>]
module Presets =

    /// Words as terms, those in five or more training texts.
    let vectorisers () : VectoriserOptions list =
        [ VectoriserOptions(LongestTerm = 1, MinDocumentFrequency = 5) ]

    /// The strongest model of the library: both signals, a network of one hidden layer stacked with one-vs-rest linear models, the fused decision for the
    /// objective. For texts, with the vectorisers above.
    let strong (objective: Objective) : ModelOptions =
        { ModelOptions.defaults with
            Scorers = ModelOptions.defaults.Scorers @ [ Linear.scorer LinearOptions.standard ]
            Decision =
                { DecisionOptions.defaults with
                    Objective = objective
                }
        }
