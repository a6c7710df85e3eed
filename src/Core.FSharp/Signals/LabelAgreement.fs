namespace Limen.Core

open Limen.Kernels

/// What of the label co-occurrences is kept.
type LabelAgreementOptions =
    {
        /// Conditionals P(l | m) below this value are dropped. In [0, 1].
        Floor: float32
        /// At most this many labels l are kept for each m; ties at the cut fall out together.
        TopPerLabel: int
        /// At most this many labels in each row of the signal, those of the largest values; ties at the cut fall out together.
        LabelsPerRow: int
        /// A row whose predicted mass sum_m p_im is below this value has no signal. Not negative.
        MassFloor: float32
    }

/// Label agreement fitted on training label sets: Conditional [L, L] holds P(l | m) in row m, column l (m <> l).
[<ReferenceEquality>]
type LabelAgreement =
    {
        Conditional: CsrMatrix
        Options: LabelAgreementOptions
    }

/// The leak-free form of the paper's label-space neighbours: which labels go together is learned from training label
/// sets, and a row takes part through its predicted labels only:
/// A_il = sum_m p_im P(l | m) / sum_m p_im, P(l | m) = n_lm / n_m, m <> l; A in [0, 1], sparse [N, L].
[<RequireQualifiedAccess>]
module LabelAgreement =

    /// Conditionals from 0.05 up, 50 per label and 100 per row, predicted mass from 0.05 up.
    let defaults =
        {
            Floor = 0.05f
            TopPerLabel = 50
            LabelsPerRow = 100
            MassFloor = 0.05f
        }

    /// |Y_i and Y_j|, the raw similarity of two label sets: symmetric; {1, 3, 5} and {1, 2, 4} have 1.
    let similarity (a: int[]) (b: int[]) : int =
        Set.count (Set.intersect (set a) (set b))

    /// n_lm [L][l] as exact sums: the weight of the rows that have both labels, on the diagonal that of the rows that have the label.
    let private counts (weights: float32[] option) (labels: CsrMatrix) : struct (int * float)[][] =
        let rowsOf = Csr.transpose labels

        SparseRows.each labels.Columns labels.Columns (fun sums m ->
            for r in rowsOf.RowIndices m do
                let w = RowWeights.exactAt r weights

                for l in labels.RowIndices r do
                    sums.Add(l, w)

            sums.Drain())

    /// n_lm [L, L]: how many rows have both labels, on the diagonal how many have the label. Symmetric, sparse.
    let cooccurrence (labels: CsrMatrix) : CsrMatrix =
        counts None labels
        |> Array.map (Array.map (fun (struct (l, n)) -> struct (l, float32 n)))
        |> Csr.ofRows labels.Columns

    /// P(. | m) from the counts of label m's row: the label itself left out, then the floor, then the largest.
    let private conditional options m (counts: struct (int * float)[]) =
        let counts = counts |> Array.map (fun (struct (l, n)) -> struct (l, float32 n))

        match counts |> Array.tryFind (fun struct (l, _) -> l = m) with
        | Some(_, support) when support > 0f ->
            counts
            |> Array.filter (fun struct (l, n) -> l <> m && n > 0f && n >= options.Floor * support)
            |> SparseRows.top options.TopPerLabel
            |> Array.map (fun struct (l, n) -> struct (l, n / support))
        | _ -> [||]

    let private conditionals options (counts: struct (int * float)[][]) =
        Cancellation.init counts.Length (fun l -> conditional options l counts[l])
        |> Csr.ofRows counts.Length

    /// One row of A, given where to find P(. | m).
    let private agreement options (conditional: int -> struct (int * float32)[]) (p: CsrMatrix) (sums: Accumulator) i =
        let mutable mass = 0.0

        for v in p.RowValues i do
            mass <- mass + float v

        if mass <= 0.0 || mass < float options.MassFloor then
            [||]
        else
            for struct (m, pm) in Csr.row i p do
                for struct (l, w) in conditional m do
                    sums.Add(l, float pm * float w)

            sums.Drain()
            |> Array.map (fun struct (l, a) -> struct (l, float32 (a / mass)))
            |> SparseRows.top options.LabelsPerRow

    let private built (p: CsrMatrix) row =
        SparseRows.build p.Rows p.Columns row |> SparseRows.signal

    /// Learns P(l | m) from the label sets [N, L] of training rows and their weights [N] (None: 1 each).
    let fit (options: LabelAgreementOptions) (weights: float32[] option) (labels: CsrMatrix) : LabelAgreement =
        {
            Conditional = conditionals options (counts weights labels)
            Options = options
        }

    /// A [B, L] of rows with predicted probabilities p [B, L]. A row with too little mass, or whose labels go with no
    /// other, is empty and counted as fallback. Throws ArgumentException when L differs from the training rows'.
    let apply (p: CsrMatrix) (fitted: LabelAgreement) : LocalSignal =
        Shape.require (nameof p) "[L]" [ fitted.Conditional.Columns ] [ p.Columns ]
        built p (agreement fitted.Options (fun m -> Csr.row m fitted.Conditional) p)

    /// A [N, L] of the training rows themselves, each with the conditionals that the other N - 1 rows give: exactly
    /// what `fit` on the others and `apply` to the row would say.
    let leaveOneOut
        (options: LabelAgreementOptions)
        (weights: float32[] option)
        (labels: CsrMatrix)
        (OutOfFold p)
        : LocalSignal =
        Shape.require (nameof p) "[N; L]" [ labels.Rows; labels.Columns ] [ p.Rows; p.Columns ]
        let counts = counts weights labels
        let all = conditionals options counts

        let without i m =
            if Csr.item i m labels = 0f then
                Csr.row m all
            else
                let own = RowWeights.exactAt i weights

                counts[m]
                |> Array.map (fun (struct (l, n)) -> struct (l, n - own * float (Csr.item i l labels)))
                |> conditional options m

        built p (fun sums i -> agreement options (without i) p sums i)

    let private tag = "label-agreement"

    /// Every number that is out of its range, in words.
    let faults (o: LabelAgreementOptions) : string list =
        [
            yield! Limits.number "LabelAgreement.Floor" (0.0, 1.0) (float o.Floor)
            yield! Limits.whole "LabelAgreement.TopPerLabel" (1, Limits.listed) o.TopPerLabel
            yield! Limits.whole "LabelAgreement.LabelsPerRow" (1, Limits.listed) o.LabelsPerRow
            yield! Limits.number "LabelAgreement.MassFloor" (0.0, 1e6) (float o.MassFloor)
        ]

    /// What is wrong with the weights [L, L] of a graph of labels (Stored).
    let internal unfit (sizes: Sizes) (options: LabelAgreementOptions) (graph: CsrMatrix) : string list =
        faults options
        @ Unfit.sparse "graph of labels" (sizes.LabelCount, sizes.LabelCount) graph
        @ Unfit.shares "graph of labels" graph

    let private stored (agreement: LabelAgreement) : Stored =
        agreement
        |> Stored.create tag (fun sizes a -> unfit sizes a.Options a.Conditional)

    let private fitted (agreement: LabelAgreement) : FittedSignal =
        FittedSignal.ofPredictions (stored agreement) (fun p -> apply p agreement)

    /// The signal of agreement with the predicted labels.
    let signal (options: LabelAgreementOptions) : LocalSignalSpec =
        LocalSignalSpec.ofPredictions tag (faults options) (fun training predicted ->
            let labels, weights = training.Rows.Labels, training.Rows.Weights
            fitted (fit options weights labels), leaveOneOut options weights labels predicted)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "LabelAgreement"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ signal defaults ]
            Faulty =
                [
                    signal
                        {
                            Floor = 2f
                            TopPerLabel = 0
                            LabelsPerRow = 0
                            MassFloor = -1f
                        }
                ]
        }
