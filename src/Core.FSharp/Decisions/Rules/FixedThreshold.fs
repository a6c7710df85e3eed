namespace Limen.Core

/// One threshold that is known beforehand: nothing is fitted. 0 on logits is probability 1/2.
[<RequireQualifiedAccess>]
module FixedThreshold =

    let private tag = "fixed"

    /// The rule of one threshold, a finite number in log-odds.
    let rule (threshold: float32) : Rule =
        Rule.ofThresholds
            tag
            (Limits.number "Fixed, threshold" (-(float Limits.score), float Limits.score) (float threshold))
            (fun context _ _ -> Thresholds.fixedAt context.Counts.Positives.Length threshold)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "Fixed"
            Source = "https://doi.org/10.1145/383952.383975"
            Examples = [ rule 0f ]
            Faulty = [ rule nanf ]
        }
