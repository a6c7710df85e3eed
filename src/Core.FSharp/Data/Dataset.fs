namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// The labels that a model knows: their names, in the order of their ids. L of them.
[<Sealed>]
type LabelSpace(names: string[]) =
    let ids = Dictionary<string, int>(names.Length, StringComparer.Ordinal)

    do
        names
        |> Array.iteri (fun id name ->
            if not (ids.TryAdd(name, id)) then
                invalidArg (nameof names) $"label names must be distinct: \"{name}\" stands twice")

    /// L, the number of labels.
    member _.Count = names.Length
    member _.Names: IReadOnlyList<string> = names
    member _.Name(id: int) = names[id]

    member _.TryId(name: string) =
        match ids.TryGetValue name with
        | true, id -> Some id
        | _ -> None

/// Rows for learning and measuring: features X [N, D] and label sets Y [N, L], row by row.
[<ReferenceEquality>]
type Dataset =
    {
        Features: CsrMatrix
        Labels: CsrMatrix
        /// How much each row counts [N], finite and at least 0: a row of weight 2 counts as that row twice. None: 1 each.
        Weights: float32[] option
    }

    /// N, the number of rows.
    member d.Rows = d.Features.Rows

    /// The label sets, as what they are.
    member d.Truth = LabelSets d.Labels

/// Rows as text with the names of their labels, before any vectoriser.
type TextDataset =
    {
        Texts: string[]
        LabelNames: string[][]
    }

    /// N, the number of rows.
    member d.Rows = d.Texts.Length

/// Training rows, held-out rows (for early stopping and decisions) and test rows (only ever measured).
type Split<'rows> =
    {
        Train: 'rows
        Validation: 'rows option
        Test: 'rows option
    }

[<RequireQualifiedAccess>]
module Dataset =

    /// Checks that the two matrices describe the same rows.
    let create (features: CsrMatrix) (labels: CsrMatrix) : Dataset =
        if features.Rows <> labels.Rows then
            invalidArg (nameof labels) $"expected {features.Rows} rows as in the features, received {labels.Rows}"

        {
            Features = features
            Labels = labels
            Weights = None
        }

    /// The same rows with weights [N]. Throws ArgumentException where there are not N of them, or one is not finite or below 0.
    let weighted (weights: float32[]) (d: Dataset) : Dataset =
        Shape.require (nameof weights) "[N]" [ d.Rows ] [ weights.Length ]

        weights
        |> Array.iteri (fun row w ->
            if not (Single.IsFinite w && w >= 0f) then
                invalidArg (nameof weights) $"row {row + 1}: expected a finite weight of at least 0, received {w}")

        { d with Weights = Some weights }

    /// The chosen rows.
    let selectRows (chosen: int[]) (d: Dataset) : Dataset =
        {
            Features = Csr.selectRows chosen d.Features
            Labels = Csr.selectRows chosen d.Labels
            Weights = d.Weights |> Option.map (fun w -> chosen |> Array.map (Array.get w))
        }

    /// The row numbers of two seeded parts of so many rows, each in order: the second holds the given share (at least one
    /// row, where there are two or more).
    let partition (share: float) (seed: Seed) (rows: int) : int[] * int[] =
        let order = Seed.permutation rows seed
        let held = if rows < 2 then 0 else max 1 (int (float rows * share))
        Array.sort order[held..], Array.sort order[.. held - 1]

    /// Two seeded parts: the second holds the given share of the rows (at least one, where there are two or more).
    let holdOut (share: float) (seed: Seed) (d: Dataset) : Dataset * Dataset =
        let kept, held = partition share seed d.Rows
        selectRows kept d, selectRows held d

[<RequireQualifiedAccess>]
module Split =

    let map (f: 'a -> 'b) (s: Split<'a>) : Split<'b> =
        {
            Train = f s.Train
            Validation = Option.map f s.Validation
            Test = Option.map f s.Test
        }

    /// The parts that there are: training, validation, test.
    let parts (s: Split<'a>) : 'a list =
        s.Train :: (Option.toList s.Validation @ Option.toList s.Test)

[<RequireQualifiedAccess>]
module LabelSpace =

    /// The names in any part, in ordinal order: a label that only test rows have counts in macro averages.
    let ofText (split: Split<TextDataset>) : LabelSpace =
        Split.parts split
        |> Seq.collect _.LabelNames
        |> Seq.concat
        |> Seq.distinct
        |> Seq.toArray
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> LabelSpace

    /// Label sets [N, L] of rows that come from a file (row i from line i + 1) or elsewhere.
    /// Throws DataFormatException at the first label that the space does not know.
    let encode (source: string) (space: LabelSpace) (rows: TextDataset) : CsrMatrix =
        let id row name =
            match space.TryId name with
            | Some id -> id
            | None ->
                let place =
                    {
                        File = source
                        Line = row + 1
                        Column = 1
                    }

                raise (DataFormatException(place, $"one of the {space.Count} known labels", $"\"{name}\""))

        rows.LabelNames
        |> Array.mapi (fun row names -> Array.map (id row) names)
        |> Csr.ofSets space.Count
