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
        /// All options in words, by their names: every number and choice that the model follows from. Those of features stand with the features themselves.
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

    let private listed (words: (string * string) list) : string =
        words
        |> List.map (fun (name, text) -> $"{name} {text}".Trim())
        |> String.concat ", "

    /// Everything that a choice was given.
    let private given (choice: obj) : string = Fingerprint.words choice |> listed

    /// The same after the choice's name.
    let private named (name: string) (choice: obj) : string =
        match Fingerprint.words choice |> List.filter (fun (_, text) -> text <> name) with
        | [] -> name
        | words -> $"{name}: {listed words}"

    let private decision (o: DecisionOptions) : (string * string) list =
        [
            "combination", string o.Combination
            "decision", named (Rule.name o.Rule) o.Rule
            "objective", given o.Objective
            match o.Calibration with
            | Some c -> "calibration", named (string c.Calibrator) c
            | None -> ()
        ]

    let private signals (rarity: GlobalSignalSpec option) (local: LocalSignalSpec option) : (string * string) list =
        [
            match rarity with
            | Some spec -> "global signal", named spec.Name spec
            | None -> ()
            match local with
            | Some spec -> "local signal", named (LocalSignalSpec.name spec) spec
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
        let usual () =
            DecisionRows.forRows
                train.Labels.Columns
                train.Rows
                (validation |> Option.map _.Rows |> Option.defaultValue 0)

        {
            Data = hash train
            Seed = options.Seed
            Options =
                Map
                    [
                        yield! signals options.Global options.Local
                        for i, scorer in List.indexed options.Scorers do
                            $"scorer {i + 1}", named (string scorer) scorer
                        match options.Labels with
                        | LabelReading.Identifier -> ()
                        | LabelReading.Name -> "labels", "read by their names"
                        "candidates", string options.Candidates
                        "decision rows", options.DecisionRows |> Option.defaultWith usual |> given
                        yield! decision options.Decision

                        match options.DecisionRows, validation with
                        | _, None -> ()
                        | Some DecisionRows.ValidationOnly, Some rows -> "decided on", hash rows
                        | _, Some rows -> alsoLearned, hash rows
                    ]
        }

    /// The same after a change of the decision, by what was chosen for it and the rows that it was made on.
    let internal changed (what: string) (choice: obj) (rows: Dataset) (origin: Origin) : Origin =
        { origin with
            Options =
                origin.Options
                |> Map.add what (given choice)
                |> Map.add $"{what} on" (hash rows)
        }

    /// The same with another rule and objective, decided again on rows.
    let internal decidedAgain (rule: Decision) (objective: Objective) (rows: Dataset) (origin: Origin) : Origin =
        { origin with
            Options =
                origin.Options
                |> Map.add "decision" (named (Rule.name rule) rule)
                |> Map.add "objective" (given objective)
                |> Map.add "decided again on" (hash rows)
        }

    /// The same with the constraints of a decision.
    let internal constrained (constraints: Decision) (origin: Origin) : Origin =
        { origin with
            Options =
                origin.Options
                |> Map.add "constraints of" (named (Rule.name constraints) constraints)
        }

    /// Of thresholds for the scores of another model, fitted on these rows.
    let ofThresholds rarity local (options: DecisionOptions) (seed: Seed) (rows: Dataset) : Origin =
        {
            Data = hash rows
            Seed = seed
            Options = Map(signals rarity local @ decision options)
        }
