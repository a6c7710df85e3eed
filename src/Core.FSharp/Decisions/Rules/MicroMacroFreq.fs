namespace Limen.Core

/// Micro-F1 and macro-F1 jointly, labels by descending frequency (Fan and Lin 2007).
[<RequireQualifiedAccess>]
module MicroMacroFreq =

    let private tag = "micro-macro-freq"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context scores labels ->
            let common =
                SortedPairs.build context.Weights scores labels
                |> Thresholds.common context.Objective

            MicroMacro.thresholds context.Seed context.Scorings common context.Weights scores labels)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "MicroMacroFreq"
            Source = "https://www.csie.ntu.edu.tw/~cjlin/papers/threshold.pdf"
            Examples = [ rule ]
            Faulty = []
        }
