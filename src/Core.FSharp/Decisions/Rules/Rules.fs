namespace Limen.Core

/// The decision rules of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module Rules =

    let all: RuleEntry list =
        [
            FusedRule.entry
            FixedThreshold.entry
            GlobalThreshold.entry
            SCut.entry
            SCutFbrRule.entry
            SmoothedF.entry
            MicroMacroFreq.entry
            PlugInRule.entry
            OnlineFRule.entry
            CoordinateAscentRule.entry
            RCut.entry
            PCut.entry
            MCut.entry
            Cardinality.entry
            ClassPrior.entry
            MetaLabeler.entry
            GfmRule.entry
            SoftTopK.entry
        ]

    /// Every rule with its usual numbers, in every form that it has.
    let examples: Rule list = all |> List.collect _.Examples
