namespace Limen.Core

/// The registry: every metric of the library. Evaluations, reports and experiments read it, and each metric has its laws in the
/// tests.
[<RequireQualifiedAccess>]
module Metrics =

    /// Every metric; those of places at k = 1, 3 and 5. Ratios with 0/0 = 0 unless the title says otherwise.
    let all: Metric list =
        [
            yield! MacroConvention.all |> List.map F1.macro
            F1.micro
            F1.weighted
            Precision.macro
            Recall.macro
            Precision.micro
            Recall.micro
            Agreement.macroJaccard
            Agreement.hammingLoss
            Agreement.everPredicted
            F1.samples AsZero
            F1.samples AsOne
            Agreement.samplesJaccard
            Agreement.subsetAccuracy
            MatthewsCorrelation.macro
            MatthewsCorrelation.micro
            for k in [ 1; 3; 5 ] do
                AtK.precision k
                AtK.recall k
                AtK.rPrecision k
                AtK.ndcg k
                Propensity.normalised k
                Propensity.precision k
                AtK.macroF1 k
            Ranking.averagePrecision
            Ranking.coverageError
            Ranking.rankingLoss
            Curves.macroAuc
            Curves.microAuc
            Curves.macroAp
            Curves.microAp
            Calibrated.brier
            Calibrated.error
            Calibrated.errorAtK 1
            Calibrated.errorAtK 5
        ]

    /// The metric of a name. ArgumentException, with all names, where there is none.
    let find (name: string) : Metric =
        match all |> List.tryFind (fun m -> m.Name = name) with
        | Some metric -> metric
        | None ->
            let names = all |> List.map _.Name |> String.concat ", "
            invalidArg (nameof name) $"expected one of {names}, received {name}"
