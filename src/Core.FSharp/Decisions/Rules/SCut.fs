namespace Limen.Core

/// Each label's own best threshold (SCut; Yang, SIGIR 2001); labels without listed positives take the one that is best for all.
[<RequireQualifiedAccess>]
module SCut =

    let private tag = "s-cut"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context scores labels ->
            let pairs = SortedPairs.build context.Weights scores labels
            Thresholds.sCut context.Objective (Thresholds.common context.Objective pairs) pairs)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "SCut"
            Source = "https://doi.org/10.1145/383952.383975"
            Examples = [ rule ]
            Faulty = []
        }
