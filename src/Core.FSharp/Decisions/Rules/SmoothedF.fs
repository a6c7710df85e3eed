namespace Limen.Core

/// SCut by smoothed F, (2 TP + a) / (predicted + positives + b) (Lin and Lin, CIKM 2023).
[<RequireQualifiedAccess>]
module SmoothedF =

    let private tag = "smoothed-f"

    /// The rule, 0 < a <= b.
    let rule (a: float) (b: float) : Rule =
        Rule.ofThresholds
            tag
            (Rule.fault
                (0.0 < a && a <= b && b <= Limits.factor)
                $"SmoothedF: expected 0 < a <= b <= {Limits.factor}, received a = {a}, b = {b}")
            (fun context scores labels ->
                let pairs = SortedPairs.build context.Weights scores labels
                Thresholds.smoothedF a b (Thresholds.common context.Objective pairs) pairs)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "SmoothedF"
            Source = "https://doi.org/10.1145/3583780.3614996"
            Examples = [ rule 1.0 1.0 ]
            Faulty = [ rule 0.0 1.0; rule 2.0 1.0 ]
        }
