namespace Limen.Core

open Limen

/// How thresholds for the scores of another model are put together.
[<NoEquality; NoComparison>]
type PostHocOptions =
    {
        /// The global signal: label rarity.
        Global: GlobalSignalSpec option
        /// The local signal. What it needs of predictions it takes from the scores; most look at features too.
        Local: LocalSignalSpec option
        Decision: DecisionOptions
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module PostHocOptions =

    /// Rarity as the only signal, and the model's own decision.
    let defaults: PostHocOptions =
        {
            Global = Some(Idf.signal IdfSmoothing.AddOne)
            Local = None
            Decision = DecisionOptions.defaults
            Seed = Seed.ofInt 1
        }

    /// Every fault for known labels, in plain sentences.
    let faultsFor (labels: LabelSpace) (o: PostHocOptions) : string list =
        [
            yield! o.Global |> Option.toList |> List.collect _.Faults
            yield! o.Local |> Option.toList |> List.collect _.Faults
            yield! DecisionOptions.faultsFor labels o.Decision
        ]
