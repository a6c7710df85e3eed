namespace Limen.Core

/// The k best labels of each row (RCut; Yang, SIGIR 2001).
[<RequireQualifiedAccess>]
module RCut =

    let private tag = "r-cut"

    let private faults (k: int) =
        Limits.whole "RCut, k" (1, Limits.listed) k

    let private fitted (k: int) : FittedRule =
        FittedRule.ofBest (Stored.create tag (fun _ -> faults) k) (fun _ -> k)

    /// The rule; k is at least 1.
    let rule (k: int) : Rule =
        Rule.create tag (faults k) (fun _ _ _ -> fitted k)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Codec.create tag fitted
            Door = "RCut"
            Source = "https://doi.org/10.1145/383952.383975"
            Examples = [ rule 3 ]
            Faulty = [ rule 0 ]
        }
