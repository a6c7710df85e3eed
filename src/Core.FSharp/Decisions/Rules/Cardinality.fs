namespace Limen.Core

/// One threshold at which label sets are as large on average as in training (Read et al. 2011).
[<RequireQualifiedAccess>]
module Cardinality =

    let private tag = "cardinality"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context scores labels ->
            SortedPairs.build context.Weights scores labels
            |> Thresholds.cardinality context.Counts.Cardinality
            |> Thresholds.fixedAt context.Counts.Positives.Length)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "Cardinality"
            Source = "https://doi.org/10.1007/s10994-011-5256-5"
            Examples = [ rule ]
            Faulty = []
        }
