namespace Limen.Core

/// The label set of greatest expected F1 of a row among its top candidates (Waegeman et al. 2014): nothing is fitted.
[<RequireQualifiedAccess>]
module GfmRule =

    let private tag = "gfm"

    let private faults (top: int) =
        Limits.whole "Gfm, top" (1, Limits.listed) top

    let private fitted (top: int) : FittedRule =
        FittedRule.ofBest (Stored.create tag (fun _ -> faults) top) (Gfm.size top)

    /// The rule; top is at least 1.
    let rule (top: int) : Rule =
        Rule.create tag (faults top) (fun _ _ _ -> fitted top)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Gfm"
            Source = "https://jmlr.org/papers/v15/waegeman14a.html"
            Examples = [ rule 30 ]
            Faulty = [ rule 0 ]
        }
