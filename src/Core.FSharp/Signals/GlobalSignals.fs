namespace Limen.Core

/// The global signals of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module GlobalSignals =

    let all: GlobalSignalEntry list = [ Idf.entry; EffectiveNumber.entry ]

    /// Every global signal with its defaults, in every form that it has.
    let examples: GlobalSignalSpec list = all |> List.collect _.Examples

    /// The rarity [L] of the labels that a signal gives: its numbers divided by the largest, in [0, 1]; zeros without a signal.
    let rarity (signal: GlobalSignalSpec option) (counts: LabelCounts) : float32[] =
        match signal with
        | Some spec -> spec.Fit counts |> Rarity.ofIdf
        | None -> Array.zeroCreate counts.Positives.Length
