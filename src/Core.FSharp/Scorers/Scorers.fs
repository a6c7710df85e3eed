namespace Limen.Core

open Limen

/// The scorers of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module Scorers =

    let all: ScorerEntry list =
        [
            Perceptron.entry
            Linear.entry
            GaussianNaiveBayes.entry
            Nystrom.entry
            Ensemble.entry
        ]

    /// Every scorer with its defaults, in every form that it has.
    let examples: Scorer list = all |> List.collect _.Examples
