namespace Limen.Core

/// Half the expected F1 of each label, from the scores alone (Lipton, Elkan and Narayanaswamy 2014).
[<RequireQualifiedAccess>]
module PlugInRule =

    let private tag = "plug-in"

    /// The rule; no threshold is below the minimum, a probability in [0, 1).
    let rule (minimum: float) : Rule =
        Rule.ofThresholds
            tag
            (Rule.fault (0.0 <= minimum && minimum < 1.0) $"PlugIn: expected a minimum in [0, 1), received {minimum}")
            (fun context scores _ -> PlugIn.thresholds context.Objective minimum context.Weights scores)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "PlugIn"
            Source = "https://arxiv.org/abs/1402.1892"
            Examples = [ rule 2e-3 ]
            Faulty = [ rule 1.0; rule -1.0 ]
        }
