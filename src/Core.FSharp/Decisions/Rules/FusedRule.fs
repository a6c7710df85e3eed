namespace Limen.Core

/// Shared thresholds A rarity + C for the objective, corrected per label by what its held-out rows support: the default.
[<RequireQualifiedAccess>]
module FusedRule =

    let private tag = "fused"

    let private unfit (sizes: Sizes) (t: RarityThresholds) : string list =
        [
            yield! Unfit.doubles "the shared threshold's numbers" System.Double.NegativeInfinity 2L [| t.A; t.C |]
            yield! Unfit.finite "rarity of the rule" sizes.LabelCount t.Rarity
            yield! Unfit.finite "corrections of thresholds" sizes.LabelCount t.Correction
        ]

    let private fitted (t: RarityThresholds) : FittedRule =
        {
            Criterion =
                AboveThreshold
                    {
                        Thresholds = Fused.thresholds t
                        Global = t.Rarity |> Array.map (fun r -> t.A * float r)
                        Correction = t.Correction |> Array.map float
                    }
            Stored = Stored.create tag unfit t
            Notes = Fused.notes t
        }

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.create tag [] (fun context scores labels ->
            Fused.fit context.Objective context.Seed context.Scorings context.Rarity context.Weights scores labels
            |> fitted)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Fused"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ rule ]
            Faulty = []
        }
