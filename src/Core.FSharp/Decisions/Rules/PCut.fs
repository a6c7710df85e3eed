namespace Limen.Core

/// As many predictions of each label as its share of the training rows asks for, times a ratio (PCut; Yang, SIGIR 2001).
[<RequireQualifiedAccess>]
module PCut =

    let private tag = "p-cut"

    /// The rule; the ratio is above 0.
    let rule (ratio: float) : Rule =
        Rule.ofThresholds tag (Limits.above0 "PCut, ratio" Limits.factor ratio) (fun context scores labels ->
            let pairs = SortedPairs.build context.Weights scores labels
            let counts = context.Counts
            let priors = counts.Positives |> Array.map (fun n -> n / max 1.0 counts.Rows)
            Thresholds.pCut ratio priors (Thresholds.cardinality counts.Cardinality pairs) pairs)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "PCut"
            Source = "https://doi.org/10.1145/383952.383975"
            Examples = [ rule 1.0 ]
            Faulty = [ rule 0.0 ]
        }
