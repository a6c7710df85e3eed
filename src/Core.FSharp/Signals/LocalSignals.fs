namespace Limen.Core

/// The local signals of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module LocalSignals =

    let all: LocalSignalEntry list =
        [
            FeatureKnn.entry
            MlKnn.entry
            ClusterNeighbours.entry
            TfIdf.entry
            LabelAgreement.entry
            LabelNeighbours.entry
            LearnedGraph.entry
            WeightedSignal.entry
        ]

    /// Every local signal with its defaults, in every form that it has.
    let examples: LocalSignalSpec list = all |> List.collect _.Examples
