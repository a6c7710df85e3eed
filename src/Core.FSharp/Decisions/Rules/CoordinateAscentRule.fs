namespace Limen.Core

/// Each label's threshold in turn for the whole objective, until nothing changes.
[<RequireQualifiedAccess>]
module CoordinateAscentRule =

    let private tag = "coordinate-ascent"

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.ofThresholds tag [] (fun context scores labels ->
            SortedPairs.build context.Weights scores labels
            |> CoordinateAscent.thresholds context.Objective)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Rule.thresholdsCodec tag
            Door = "CoordinateAscent"
            Source = "https://www.csie.ntu.edu.tw/~cjlin/papers/threshold.pdf"
            Examples = [ rule ]
            Faulty = []
        }
