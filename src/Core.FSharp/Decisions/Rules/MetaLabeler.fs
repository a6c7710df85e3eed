namespace Limen.Core

/// As many of a row's best labels as a model of the size of label sets says (MetaLabeler; Tang, Rajan and Narayanan, WWW 2009).
[<RequireQualifiedAccess>]
module MetaLabeler =

    let private tag = "meta-labeler"

    let private fitted (model: SizeModel) : FittedRule =
        FittedRule.ofBest (Stored.create tag (fun _ -> SizeModel.unfit) model) (SizeModel.size model)

    /// The rule, which has no numbers of its own.
    let rule: Rule =
        Rule.create tag [] (fun context scores labels -> SizeModel.fit context.Weights scores labels |> fitted)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Codec.create tag fitted
            Door = "MetaLabeler"
            Source = "https://doi.org/10.1145/1526709.1526738"
            Examples = [ rule ]
            Faulty = []
        }
