namespace Limen.Core

/// One threshold for all labels, the best for the objective.
[<RequireQualifiedAccess>]
module GlobalThreshold =

    let private tag = "global"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context scores labels ->
            SortedPairs.build context.Weights scores labels
            |> Thresholds.common context.Objective
            |> Thresholds.fixedAt context.Counts.Positives.Length)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "Global"
            Source = "https://doi.org/10.1145/383952.383975"
            Examples = [ rule ]
            Faulty = []
        }
