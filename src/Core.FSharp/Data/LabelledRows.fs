namespace Limen.Core

/// Rows with their label sets, before an input space makes features of them.
[<ReferenceEquality>]
type LabelledRows =
    {
        Rows: Rows
        /// Y [N, L].
        Truth: LabelSets
        /// What the labels are called; not every one need be in a row.
        Space: LabelSpace
        /// How much each row counts [N], finite and at least 0. None: 1 each.
        Weights: float32[] option
    }

    /// N, the number of rows.
    member d.Count = d.Rows.Count

[<RequireQualifiedAccess>]
module LabelledRows =

    /// Rows and their label sets. Throws ArgumentException where these are not of as many rows, or not of as many labels as the space has.
    let create (space: LabelSpace) (rows: Rows) (truth: LabelSets) : LabelledRows =
        Shape.require (nameof truth) "[N, L]" [ rows.Count; space.Count ] [ truth.Matrix.Rows; truth.Matrix.Columns ]

        {
            Rows = rows
            Truth = truth
            Space = space
            Weights = None
        }

    /// Rows with the names of each row's labels; the labels are those of the rows, in ordinal order. A name that stands in its row again is taken once. Throws ArgumentException for an
    /// empty name.
    let ofNames (rows: Rows) (names: string[][]) : LabelledRows =
        names
        |> Array.tryFindIndex (Array.exists System.String.IsNullOrEmpty)
        |> Option.iter (fun row ->
            invalidArg (nameof names) $"row {row + 1}: expected labels with names, received an empty one")

        let space = LabelSpace.ofNames names
        LabelSpace.encode space names |> create space rows

    /// Texts with the names of their labels, which are the labels of the rows, in ordinal order.
    let ofTexts (texts: TextDataset) : LabelledRows =
        { ofNames (Rows.Texts texts.Texts) texts.LabelNames with
            Weights = texts.Weights
        }

    /// The same rows with weights [N]. Throws ArgumentException where there are not N of them, or one is not finite or below 0.
    let weighted (weights: float32[]) (d: LabelledRows) : LabelledRows =
        RowWeights.require d.Count weights
        { d with Weights = Some weights }

    /// The same rows with what others have beside it. Throws ArgumentException where these are more or fewer rows.
    let beside (others: Rows) (d: LabelledRows) : LabelledRows =
        { d with
            Rows = Rows.beside others d.Rows
        }

    /// The chosen rows, in the order given (a row may be chosen twice); the labels stay known.
    let selectRows (chosen: int[]) (d: LabelledRows) : LabelledRows =
        {
            Rows = Rows.selectRows chosen d.Rows
            Truth = LabelSets(Csr.selectRows chosen d.Truth.Matrix)
            Space = d.Space
            Weights = RowWeights.selectRows chosen d.Weights
        }

    /// Two seeded parts: the second holds the given share of the rows (at least one, where there are two or more).
    let holdOut (share: float) (seed: Seed) (d: LabelledRows) : LabelledRows * LabelledRows =
        let kept, held = Dataset.partition share seed d.Count
        selectRows kept d, selectRows held d

    /// The same rows with label sets in another space. Throws ArgumentException at the first label of a row that it lacks.
    let relabel (space: LabelSpace) (d: LabelledRows) : LabelledRows =
        { d with
            Truth = LabelSpace.relabel d.Space space d.Truth
            Space = space
        }

    /// Features and label sets as a model sees them. Throws ArgumentException where the rows are not what the input space reads.
    let dataset (input: InputSpace) (d: LabelledRows) : Dataset =
        {
            Features = InputSpace.apply input d.Rows
            Labels = d.Truth.Matrix
            Weights = d.Weights
        }
