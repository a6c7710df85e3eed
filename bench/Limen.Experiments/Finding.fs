namespace Limen.Experiments

open System.Text.Json.Nodes
open Limen.Core

/// One line of a study: what was varied, and what came out.
type Finding =
    {
        Study: string
        Task: string
        Variant: string
        Seed: int
        Values: (string * float) list
    }

/// What a variant says of the test rows, and what was measured of it on held-out rows before.
[<NoEquality; NoComparison>]
type Outcome =
    {
        Variant: string
        Scores: Scores
        Predicted: LabelSets
        HeldOut: (string * float) list
    }

[<RequireQualifiedAccess>]
module Finding =

    let private resampling =
        { Bootstrap.standard with
            Resamples = 200
        }

    /// Without a calibration a probability is the logistic function of its score.
    let private uncalibrated (Scores scores) =
        scores |> Csr.mapValues (fun _ _ v -> 1f / (1f + exp -v)) |> PairProbabilities

    /// Labels that only test rows have are missed by every variant.
    let private evidence (LabelSets truth) (outcome: Outcome) : Evidence =
        let among = Csr.widen truth.Columns
        let scores = Scores(among outcome.Scores.Matrix)

        { Evidence.ofSets (LabelSets(among outcome.Predicted.Matrix)) (LabelSets truth) with
            Scores = Some scores
            Probabilities = Some(uncalibrated scores)
        }

    let private macroF1 = F1.macro (AllLabels AsZero)

    let private measured =
        [
            macroF1
            F1.macro PresentInTest
            F1.micro
            AtK.precision 1
            AtK.precision 5
            Calibrated.error
        ]

    /// The measures of every variant on the test rows, whose label sets are given, with the paired bootstrap interval of its macro-F1's difference to the
    /// reference variant's (this minus reference).
    let ofOutcomes
        study
        (task: string)
        (truth: LabelSets)
        seed
        (reference: string)
        (outcomes: Outcome list)
        : Finding list =
        let against = outcomes |> List.find (fun o -> o.Variant = reference)

        let difference (o: Outcome) =
            if o.Variant = reference then
                []
            else
                let interval =
                    Bootstrap.difference
                        resampling
                        (Seed.ofInt seed)
                        macroF1
                        (evidence truth o)
                        (evidence truth against)

                [
                    "minus_reference", interval.Difference
                    "lower", interval.Lower
                    "upper", interval.Upper
                ]

        outcomes
        |> List.map (fun o ->
            {
                Study = study
                Task = task
                Variant = o.Variant
                Seed = seed
                Values = Metric.evaluate measured (evidence truth o) @ difference o @ o.HeldOut
            })

    let value (key: string) (f: Finding) : float option =
        f.Values |> List.tryFind (fst >> (=) key) |> Option.map snd

    let toJson (f: Finding) : JsonNode =
        let o = JsonObject()
        o["study"] <- f.Study
        o["task"] <- f.Task
        o["variant"] <- f.Variant
        o["seed"] <- f.Seed
        f.Values |> List.iter (fun (key, value) -> o[key] <- value)
        o

    let ofJson (node: JsonNode) : Finding =
        let text (key: string) = node[key].GetValue<string>()
        let names = [ "study"; "task"; "variant"; "seed" ]

        {
            Study = text "study"
            Task = text "task"
            Variant = text "variant"
            Seed = node["seed"].GetValue<int>()
            Values =
                [
                    for pair in node.AsObject() do
                        if not (List.contains pair.Key names) then
                            pair.Key, pair.Value.GetValue<float>()
                ]
        }
