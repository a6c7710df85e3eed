namespace Limen.Core

/// The labels above the widest gap between a row's scores (MCut; Largeron, Moulin and Géry, IDA 2012): nothing is fitted.
[<RequireQualifiedAccess>]
module MCut =

    let private tag = "m-cut"

    let private fitted (_: int) : FittedRule =
        FittedRule.ofBest (Stored.create tag (fun _ _ -> []) 0) RowRules.aboveWidestGap

    /// The rule, which has no numbers of its own.
    let rule: Rule = Rule.create tag [] (fun _ _ _ -> fitted 0)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Codec.create tag fitted
            Door = "MCut"
            Source = "https://doi.org/10.1007/978-3-642-34156-4_18"
            Examples = [ rule ]
            Faulty = []
        }
