namespace Limen.Core

open Limen.Kernels

/// Rows as text with the names of their labels, before any vectoriser.
type TextDataset =
    {
        Texts: string[]
        LabelNames: string[][]
        /// How much each row counts [N], finite and at least 0. None: 1 each.
        Weights: float32[] option
    }

    /// N, the number of rows.
    member d.Rows = d.Texts.Length

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
        RowWeights.require d.Rows weights
        { d with Weights = Some weights }

    /// The chosen rows.
    let selectRows (chosen: int[]) (d: Dataset) : Dataset =
        {
            Features = Csr.selectRows chosen d.Features
            Labels = Csr.selectRows chosen d.Labels
            Weights = RowWeights.selectRows chosen d.Weights
        }

    /// The rows of a, then the rows of b, of one task. Throws ArgumentException where they differ in features or labels.
    let append (a: Dataset) (b: Dataset) : Dataset =
        {
            Features = Csr.append a.Features b.Features
            Labels = Csr.append a.Labels b.Labels
            Weights = RowWeights.append (a.Rows, a.Weights) (b.Rows, b.Weights)
        }

    /// The row numbers of two seeded parts of so many rows, each in order: the second holds the given share (at least one
    /// row, where there are two or more).
    let partition (share: float) (seed: Seed) (rows: int) : int[] * int[] =
        let order = Seed.permutation rows seed
        let held = if rows < 2 then 0 else max 1 (int (float rows * share))
        Array.sort order[held..], Array.sort order[.. held - 1]

    /// The same rows among D features and L labels. Throws ArgumentException where they have more.
    let widen (features: int) (labels: int) (d: Dataset) : Dataset =
        { d with
            Features = Csr.widen features d.Features
            Labels = Csr.widen labels d.Labels
        }

    /// Data sets of one task, all with the largest D and the largest L among them.
    let unite (parts: Dataset list) : Dataset list =
        let most (columns: Dataset -> int) = parts |> List.map columns |> List.max
        parts |> List.map (widen (most _.Features.Columns) (most _.Labels.Columns))

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
