namespace Limen.Core

/// SCut with a cross-validated floor on F1 (SCutFBR.1; Lewis et al., JMLR 2004).
[<RequireQualifiedAccess>]
module SCutFbrRule =

    let private tag = "s-cut-fbr"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context scores labels ->
            SCutFbr.thresholds context.Seed context.Scorings 0f context.Weights scores labels)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "SCutFbr"
            Source = "https://jmlr.org/papers/v5/lewis04a.html"
            Examples = [ rule ]
            Faulty = []
        }
