namespace Limen.Core

open System
open System.Runtime.InteropServices
open System.Security.Cryptography
open Limen
open Limen.Kernels

/// What a model was made from: saved with it, and the same whenever the same is made of the same. No clock, machine or user is in it.
type Origin =
    {
        /// SHA-256 of the training rows, in small hexadecimal digits (Origin.hash).
        Data: string
        Seed: Seed
        /// The options in words, by their names.
        Options: Map<string, string>
    }

[<RequireQualifiedAccess>]
module Origin =

    /// Numbers that are hashed at once, whose bytes a span can count.
    let private piece = 1 <<< 24

    let private append (hash: IncrementalHash) (values: 'number[]) (count: int) =
        for at in 0..piece .. count - 1 do
            hash.AppendData(MemoryMarshal.AsBytes(ReadOnlySpan(values, at, min piece (count - at))))

    let private matrix (hash: IncrementalHash) (m: CsrMatrix) =
        append hash [| m.Rows; m.Columns |] 2
        append hash m.RowStart m.RowStart.Length
        append hash m.Indices m.NonZeros
        append hash m.Values m.NonZeros

    /// SHA-256 of rows [N, D] with label sets [N, L] and weights: of each matrix its two sizes, row starts, columns and values, little-endian; then the weights, where there are
    /// any.
    let hash (rows: Dataset) : string =
        use hash = IncrementalHash.CreateHash HashAlgorithmName.SHA256
        matrix hash rows.Features
        matrix hash rows.Labels
        rows.Weights |> Option.iter (fun w -> append hash w w.Length)
        Convert.ToHexStringLower(hash.GetCurrentHash())

    let private decision (o: DecisionOptions) : (string * string) list =
        [
            "combination", string o.Combination
            "decision", Rule.name o.Rule
            match o.Calibration with
            | Some c -> "calibration", string c.Calibrator
            | None -> ()
        ]

    let private signals (rarity: GlobalSignalSpec option) (local: LocalSignalSpec option) : (string * string) list =
        [
            match rarity with
            | Some spec -> "global signal", spec.Name
            | None -> ()
            match local with
            | Some spec -> "local signal", LocalSignalSpec.name spec
            | None -> ()
        ]

    /// The name of the hash of validation rows that were learned from, among the options.
    let private alsoLearned = "also learned from"

    /// Whether a model with this origin learned from just these rows, as its training rows or validation rows. Models of before this was recorded name their training rows alone.
    let learnedFrom (rows: Dataset) (origin: Origin) : bool =
        let hash = hash rows
        origin.Data = hash || origin.Options.TryFind alsoLearned = Some hash

    /// Of a model fitted on these rows; validation rows are such that it learned from them beside deciding on them.
    let ofModel (options: ModelOptions) (train: Dataset) (validation: Dataset option) : Origin =
        {
            Data = hash train
            Seed = options.Seed
            Options =
                Map
                    [
                        yield! signals options.Global options.Local
                        "scorers", options.Scorers |> List.map string |> String.concat ", "
                        "candidates", string options.Candidates
                        yield! decision options.Decision

                        match options.DecisionRows, validation with
                        | Some DecisionRows.ValidationOnly, _
                        | _, None -> ()
                        | _, Some rows -> alsoLearned, hash rows
                    ]
        }

    /// Of thresholds for the scores of another model, fitted on these rows.
    let ofThresholds rarity local (options: DecisionOptions) (seed: Seed) (rows: Dataset) : Origin =
        {
            Data = hash rows
            Seed = seed
            Options = Map(signals rarity local @ decision options)
        }
