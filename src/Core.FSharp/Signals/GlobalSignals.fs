namespace Limen.Core

/// The global signals of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module GlobalSignals =

    let all: GlobalSignalEntry list = [ Idf.entry; EffectiveNumber.entry ]

    /// Every global signal with its defaults, in every form that it has.
    let examples: GlobalSignalSpec list = all |> List.collect _.Examples

    /// The rarity [L] of the labels that a signal gives: its numbers divided by the largest of labels that occur (of all, where none does), 1 at most; zeros without a signal. So a label of one row is as
    /// rare among the rows outside a fold, which other labels may lack, as among all rows.
    let rarity (signal: GlobalSignalSpec option) (counts: LabelCounts) : float32[] =
        match signal with
        | Some spec ->
            let values = spec.Fit counts

            let largest =
                Array.fold2 (fun top n v -> if n > 0.0 then max top v else top) 0f counts.Positives values

            if largest > 0f then
                values |> Array.map (fun v -> min 1f (v / largest))
            else
                Rarity.ofIdf values
        | None -> Array.zeroCreate counts.Positives.Length
