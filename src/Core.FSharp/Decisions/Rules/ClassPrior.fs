namespace Limen.Core

/// The log-odds of each label's share of the training rows: nothing is tuned.
[<RequireQualifiedAccess>]
module ClassPrior =

    let private tag = "class-prior"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context _ _ -> Thresholds.classPrior context.Counts)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "ClassPrior"
            Source = "https://doi.org/10.1162/089976602753284446"
            Examples = [ rule ]
            Faulty = []
        }
