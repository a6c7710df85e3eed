namespace Limen.Core

/// A running F1 for each label that starts from the counts a and b (Busa-Fekete et al. 2015).
[<RequireQualifiedAccess>]
module OnlineFRule =

    let private tag = "online-f"

    /// The rule; the counts start at 0 < a < b.
    let rule (a: float) (b: float) : Rule =
        Rule.ofThresholds
            tag
            (Rule.fault
                (0.0 < a && a < b && b <= Limits.factor)
                $"OnlineF: expected 0 < a < b <= {Limits.factor}, received a = {a}, b = {b}")
            (fun context scores labels -> OnlineF.thresholds a b context.Weights scores labels)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "OnlineF"
            Source = "https://papers.nips.cc/paper/2015/hash/afd4836712c5e77550897e25711e1d96-Abstract.html"
            Examples = [ rule 1.0 4.0 ]
            Faulty = [ rule 0.0 1.0; rule 1.0 1.0 ]
        }
