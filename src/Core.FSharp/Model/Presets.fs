namespace Limen.Core

open System
open Limen

/// The settings that stand behind the library's defaults and reports, chosen on validation rows (docs/findings.md).
[<RequireQualifiedAccess>]
module Presets =

    /// Two views: words, and what is finer than words (characters within them or, where texts are long and many, pairs of them) for linear models. In how many texts a term
    /// must be is chosen from the training texts.
    let vectorisers () : VectoriserOptions list =
        [
            VectoriserOptions(LongestTerm = Nullable 1)
            VectoriserOptions(Tokens = Tokens.Finer)
        ]

    /// The strongest model of the library: both signals, networks of one hidden layer (four up to 10,000 rows, one above) stacked with one-vs-rest linear models on each view, the fused decision for the
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
