namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// A fitted Gaussian naive Bayes: one affine function of the features for each label, z_l(x) = w_l . x + b_l.
[<ReferenceEquality>]
type GaussianNaiveBayes =
    {
        /// (mu1 - mu0) / v [L, D].
        Weights: DenseMatrix
        /// [L].
        Bias: float32[]
    }

/// One-vs-rest Gaussian naive Bayes with pooled variances, for dense rows: features are independent normals whose means mu1, mu0 differ with the label and whose
/// variance v is the same, so that the log-odds are z_l(x) = ln(pi / (1 - pi)) + sum over d of ((x_d - mu0)^2 - (x_d - mu1)^2) / (2 v_d). In closed form, from
/// weighted sums of the rows (Zheng et al. 2023, https://arxiv.org/abs/2302.02334). Takes L D numbers.
[<RequireQualifiedAccess>]
module GaussianNaiveBayes =

    /// Added to every variance, so that a constant feature says nothing.
    let private least = 1e-9

    /// Weighted sums of x and x^2 [D] over all rows, and of each label's rows [L D].
    [<ReferenceEquality>]
    type private Sums =
        {
            Rows: float
            All: float[]
            AllSquares: float[]
            OfLabel: float[]
            OfLabelSquares: float[]
        }

    let private sums (rows: Dataset) : Sums =
        let x = rows.Features
        let width = x.Columns
        let cells = Shapes.Length(int64 rows.Labels.Columns, int64 width, nameof rows)

        let s =
            {
                Rows =
                    match rows.Weights with
                    | None -> float x.Rows
                    | Some w -> Array.sumBy float w
                All = Array.zeroCreate width
                AllSquares = Array.zeroCreate width
                OfLabel = Array.zeroCreate cells
                OfLabelSquares = Array.zeroCreate cells
            }

        for row in 0 .. x.Rows - 1 do
            let w =
                rows.Weights |> Option.map (fun w -> float w[row]) |> Option.defaultValue 1.0

            let add (sums: float[]) (squares: float[]) first =
                for at in x.RowStart[row] .. x.RowStart[row + 1] - 1 do
                    let d, v = first + x.Indices[at], float x.Values[at]
                    sums[d] <- sums[d] + w * v
                    squares[d] <- squares[d] + w * v * v

            add s.All s.AllSquares 0

            for l in rows.Labels.RowIndices row do
                add s.OfLabel s.OfLabelSquares (l * width)

        s

    /// Fits on training rows with their weights. A label that no row has, or every row, gets its log-odds alone (half a row added on each side).
    let fit (rows: Dataset) : GaussianNaiveBayes =
        let s = sums rows
        let width = s.All.Length

        let positives = (LabelCounts.ofRows rows).Positives
        let weights = DenseMatrix.Zeros(positives.Length, width)
        let bias = Array.zeroCreate positives.Length

        for l in 0 .. positives.Length - 1 do
            let n, others = positives[l], s.Rows - positives[l]
            let mutable b = log ((n + 0.5) / (others + 0.5))

            if n > 0.0 && others > 0.0 then
                let ofRow = weights.Row l

                for d in 0 .. width - 1 do
                    let at = l * width + d
                    let mean1 = s.OfLabel[at] / n
                    let mean0 = (s.All[d] - s.OfLabel[at]) / others

                    let within = s.AllSquares[d] - n * mean1 * mean1 - others * mean0 * mean0

                    let variance = max 0.0 (within / s.Rows) + least
                    ofRow[d] <- float32 ((mean1 - mean0) / variance)
                    b <- b - (mean1 * mean1 - mean0 * mean0) / (2.0 * variance)

            bias[l] <- float32 b

        { Weights = weights; Bias = bias }

    /// z [B, L] of the chosen rows of x [N, D].
    let scores (x: CsrMatrix) (model: GaussianNaiveBayes) : BatchScorer =
        Shape.require (nameof x) "[D]" [ model.Weights.Columns ] [ x.Columns ]

        fun rows ->
            use dense = DenseMatrix.Zeros(rows.Length, x.Columns)
            let z = new DenseMatrix(rows.Length, model.Bias.Length)

            rows
            |> Array.iteri (fun i row ->
                let ofRow = dense.Row i

                for at in x.RowStart[row] .. x.RowStart[row + 1] - 1 do
                    ofRow[x.Indices[at]] <- x.Values[at])

            DenseProducts.MultiplyTransposed(dense.Factor(), model.Weights.Factor(), z.Product())

            for i in 0 .. rows.Length - 1 do
                VectorMath.AddTo(ReadOnlySpan model.Bias, z.Row i)

            z

    let private tag = "gaussian-naive-bayes"

    let private unfit (sizes: Sizes) (model: GaussianNaiveBayes) : string list =
        Unfit.dense "weights" (sizes.LabelCount, sizes.FeatureCount) model.Weights
        @ Unfit.finite "bias" sizes.LabelCount model.Bias

    let private fitted (model: GaussianNaiveBayes) : FittedScorer =
        Scorer.withoutThreshold (Stored.create tag unfit model) (fun x -> scores x model)

    /// The scorer, which has no numbers of its own.
    let scorer: Scorer =
        Scorer.create tag [] (fun t ->
            fit
                {
                    Features = t.Rows.Features
                    Labels = t.Rows.Labels
                    Weights = t.Rows.Weights
                }
            |> fitted)

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = Codec.create tag fitted
            Door = "GaussianNaiveBayes"
            Source = "https://arxiv.org/abs/2302.02334"
            Examples = [ scorer ]
            Faulty = []
        }
