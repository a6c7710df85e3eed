namespace Limen.Properties

open FsCheck.NUnit
open Limen.Core

[<Properties(Arbitrary = [| typeof<MetricArbitraries> |])>]
module EvaluationProperties =

    [<Property>]
    let ``a metric whose evidence is missing is left out, not guessed`` (c: MetricCase) =
        let only =
            {
                Truth = c.Truth
                Sets = Some c.Sets
                Scores = None
                Probabilities = None
            }

        let evaluated = Metric.evaluate (Metric.all c.Inverse) [ only ] |> List.map fst

        evaluated = (Metric.sets |> List.map _.Name)
        && Metric.evaluate Metric.sets [] = []
