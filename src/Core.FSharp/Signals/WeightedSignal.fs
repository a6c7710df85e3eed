namespace Limen.Core

open System

/// A fitted sum of signals, each with its weight.
[<NoEquality; NoComparison>]
type WeightedSignal =
    { Parts: (float32 * FittedSignal) list }

/// The sum of weight times signal, A_il = sum_k w_k A^k_il; weights are not negative, so A is in [0, sum w]. A row is a fallback where all parts are silent.
[<RequireQualifiedAccess>]
module WeightedSignal =

    /// The weighted sum of signals of the same rows.
    let sum (parts: (float32 * LocalSignal) list) : LocalSignal =
        let first = (snd parts.Head).Values

        SparseRows.build first.Rows first.Columns (fun sums i ->
            for weight, part in parts do
                if weight > 0f then
                    for struct (l, v) in Csr.row i part.Values do
                        sums.Add(l, float weight * float v)

            sums.DrainRow())
        |> SparseRows.signal

    let private tag = "weighted"

    let private sources (reads: SignalSource list list) = reads |> List.concat |> List.distinct

    let private unfit (sizes: Sizes) (weighted: WeightedSignal) : string list =
        [
            yield! Unfit.unless (not weighted.Parts.IsEmpty) "weighted signals: expected at least one, found none"
            yield!
                weighted.Parts
                |> List.map fst
                |> List.toArray
                |> Unfit.within "weights of signals" (0f, Single.MaxValue) weighted.Parts.Length
            for _, part in weighted.Parts do
                yield! part.Stored.Faults sizes
        ]

    let private fitted (weighted: WeightedSignal) : FittedSignal =
        {
            Reads = weighted.Parts |> List.map (fun (_, part) -> part.Reads) |> sources
            Apply = fun input -> weighted.Parts |> List.map (fun (w, part) -> w, part.Apply input) |> sum
            Voters = weighted.Parts |> List.tryPick (fun (_, part) -> part.Voters)
            Stored =
                Stored.create tag unfit weighted
                |> Stored.holding (weighted.Parts |> List.collect (fun (_, part) -> part.Stored.Holds))
        }

    let private faults (parts: (float32 * LocalSignalSpec) list) =
        [
            if parts.IsEmpty then
                "Weighted: expected at least one signal, received none"
            for weight, part in parts do
                yield! Limits.number $"Weighted, {part.Name}" (0.0, Limits.factor) (float weight)
                yield! part.Faults
        ]

    /// The signal of a weighted sum; its parts are fitted on the same rows.
    let signal (parts: (float32 * LocalSignalSpec) list) : LocalSignalSpec =
        {
            Name = parts |> List.map (fun (w, part) -> $"{w} {part.Name}") |> String.concat " + "
            Faults = faults parts
            Reads = parts |> List.map (fun (_, part) -> part.Reads) |> sources
            Fit =
                fun training ->
                    let each = parts |> List.map (fun (w, part) -> w, part.Fit training)

                    fitted
                        {
                            Parts = each |> List.map (fun (w, (part, _)) -> w, part)
                        },
                    each |> List.map (fun (w, (_, values)) -> w, values) |> sum
        }

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Weighted"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples =
                [
                    signal
                        [
                            0.75f, FeatureKnn.signal FeatureKnnOptions.standard
                            0.25f, LabelAgreement.signal LabelAgreement.defaults
                        ]
                ]
            Faulty = [ signal []; signal [ -1f, MlKnn.signal MlKnn.defaults ] ]
        }
