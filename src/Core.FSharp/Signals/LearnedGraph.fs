namespace Limen.Core

open System
open Limen.Kernels

/// How the label graph is trained.
type LearnedGraphOptions =
    {
        /// Which edges exist and where they start: the conditionals P(l | m).
        Start: LabelAgreementOptions
        /// Passes over the rows.
        Epochs: int
        /// The first step of an edge's weight in logit space.
        LearningRate: float
        /// Added to each edge's sum of squared gradients: the larger, the closer rarely used edges stay to P(l | m). Positive.
        Damping: float
        /// Training rows get their signal from graphs learned on the other folds. At least 2.
        Folds: int
    }

/// A trained label graph: Weights [L, L] holds the weight of edge m -> l, in (0, 1), in row m, column l (m <> l).
[<ReferenceEquality>]
type LearnedGraph =
    {
        Weights: CsrMatrix
        Options: LearnedGraphOptions
    }

/// Label agreement with learned instead of counted conditionals (the fourth open question of arXiv 2505.03118):
/// A_il = sum_m p_im W_ml / sum_m p_im, W_ml = Logistic.ofLogit(v_ml), v trained by the logistic loss (cross-entropy of A_il and y_il)
/// over the pairs that the graph reaches from row i, from v_ml = logit P(l | m).
[<RequireQualifiedAccess>]
module LearnedGraph =

    let defaults =
        {
            Start = LabelAgreement.defaults
            Epochs = 3
            LearningRate = 0.3
            Damping = 1.0
            Folds = 5
        }

    /// Conditionals of 0 and 1 start here, because their logits are infinite.
    let private edge = 1e-3

    /// Agreements are held within [limit, 1 - limit]; beyond, the gradient is 0.
    let private limit = 1e-6

    /// v [E] in the order of the graph's entries: logit of the weights, which are first held within [0.001, 0.999].
    let logits (weights: CsrMatrix) : float[] =
        Array.init weights.NonZeros (fun e ->
            let w = Math.Clamp(float weights.Values[e], edge, 1.0 - edge)
            log (w / (1.0 - w)))

    /// Memory that one thread reuses from row to row.
    [<ReferenceEquality>]
    type private Scratch =
        {
            Sums: Accumulator
            /// d loss / d A_l [L], valid for the labels that the row reaches.
            Slopes: float[]
        }

    let private scratch (labels: CsrMatrix) =
        {
            Sums = Accumulator labels.Columns
            Slopes = Array.zeroCreate labels.Columns
        }

    /// The cross-entropy summed over the labels that row i reaches, with edge weights w [E] = Logistic.ofLogit v; `emit` receives
    /// (edge, d loss / d v_edge), each edge once.
    let private row (graph: CsrMatrix) (w: float[]) (labels: CsrMatrix) (p: CsrMatrix) scratch i emit =
        let mutable mass = 0.0
        let mutable loss = 0.0

        for value in p.RowValues i do
            mass <- mass + float value

        if mass > 0.0 then
            let predicted = Csr.row i p

            for struct (m, pm) in predicted do
                for e in graph.RowStart[m] .. graph.RowStart[m + 1] - 1 do
                    scratch.Sums.Add(graph.Indices[e], float pm / mass * w[e])

            for struct (l, a) in scratch.Sums.Drain() do
                let held = Math.Clamp(a, limit, 1.0 - limit)
                let y = float (Csr.item i l labels)
                scratch.Slopes[l] <- if a = held then (held - y) / (held * (1.0 - held)) else 0.0
                loss <- loss - y * log held - (1.0 - y) * log (1.0 - held)

            for struct (m, pm) in predicted do
                for e in graph.RowStart[m] .. graph.RowStart[m + 1] - 1 do
                    emit e (scratch.Slopes[graph.Indices[e]] * float pm / mass * w[e] * (1.0 - w[e]))

        loss

    let private requireShapes (graph: CsrMatrix) (v: float[]) (labels: CsrMatrix) (p: CsrMatrix) =
        Shape.require (nameof v) "[E]" [ graph.NonZeros ] [ v.Length ]
        Shape.require (nameof p) "[N; L]" [ labels.Rows; graph.Rows ] [ p.Rows; p.Columns ]

    /// The loss, summed over rows and the labels that each reaches, and its gradient [E] with respect to the edges' logits
    /// v [E]. `graph` [L, L] gives the edges only; p and labels are [N, L].
    let gradient (graph: CsrMatrix) (v: float[]) (labels: CsrMatrix) (p: CsrMatrix) : struct (float * float[]) =
        requireShapes graph v labels p
        let w = v |> Array.map Logistic.ofLogit
        let scratch = scratch labels
        let total = Array.zeroCreate v.Length
        let mutable loss = 0.0

        for i in 0 .. p.Rows - 1 do
            loss <- loss + row graph w labels p scratch i (fun e g -> total[e] <- total[e] + g)

        struct (loss, total)

    /// The signal of predicted probabilities [B, L]; rows with too little mass are empty and counted as fallback.
    let apply (p: CsrMatrix) (fitted: LearnedGraph) : LocalSignal =
        LabelAgreement.apply
            p
            {
                Conditional = fitted.Weights
                Options = fitted.Options.Start
            }

    /// Trains on label sets [N, L] and out-of-fold probabilities [N, L] of training rows: one row a step in seeded order,
    /// each edge with its own step LearningRate / sqrt(Damping + sum of its squared gradients). A row's gradient is multiplied by its weight [N]
    /// (None: 1 each).
    let fit
        (options: LearnedGraphOptions)
        (seed: Seed)
        (weights: float32[] option)
        (labels: CsrMatrix)
        (OutOfFold p)
        : LearnedGraph =
        let graph = (LabelAgreement.fit options.Start weights labels).Conditional
        let v = logits graph
        requireShapes graph v labels p
        let squares = Array.create v.Length options.Damping
        let w = v |> Array.map Logistic.ofLogit
        let scratch = scratch labels

        let step weight e slope =
            let g = weight * slope
            squares[e] <- squares[e] + g * g
            v[e] <- v[e] - options.LearningRate * g / sqrt squares[e]
            w[e] <- Logistic.ofLogit v[e]

        for epoch in 1 .. options.Epochs do
            for i in Seed.permutation labels.Rows (Seed.derive "learned graph" epoch seed) do
                Cancellation.check ()
                row graph w labels p scratch i (step (RowWeights.at i weights)) |> ignore

        {
            Weights =
                CsrMatrix.Trusted(graph.Rows, graph.Columns, graph.RowStart, graph.Indices, w |> Array.map float32)
            Options = options
        }

    /// The signal [N, L] of the training rows, each from a graph that was trained on the other folds.
    let crossFit
        (options: LearnedGraphOptions)
        (seed: Seed)
        (weights: float32[] option)
        (labels: CsrMatrix)
        (OutOfFold p)
        : LocalSignal =
        let order = Seed.permutation labels.Rows (Seed.derive "learned graph folds" 0 seed)
        let folds = Array.splitInto (max 2 options.Folds) order

        let parts =
            folds
            |> Cancellation.map (fun held ->
                let others =
                    folds
                    |> Array.filter (fun f -> not (obj.ReferenceEquals(f, held)))
                    |> Array.concat
                    |> Array.sort

                OutOfFold(Csr.selectRows others p)
                |> fit options seed (RowWeights.selectRows others weights) (Csr.selectRows others labels)
                |> apply (Csr.selectRows held p))

        let together =
            parts
            |> Array.map _.Values
            |> Array.fold Csr.append (Csr.ofRows labels.Columns [||])

        let place = Array.zeroCreate labels.Rows
        order |> Array.iteri (fun at i -> place[i] <- at)

        {
            Values = Csr.selectRows place together
            Fallbacks = parts |> Array.sumBy _.Fallbacks
        }

    let private tag = "learned-graph"

    let private faults (o: LearnedGraphOptions) =
        [
            yield! LabelAgreement.faults o.Start
            yield! Limits.whole "LearnedGraph.Epochs" (0, Limits.passes) o.Epochs
            yield! Limits.above0 "LearnedGraph.LearningRate" 1e3 o.LearningRate
            yield! Limits.above0 "LearnedGraph.Damping" 1e6 o.Damping
            yield! Limits.whole "LearnedGraph.Folds" (2, Limits.parts) o.Folds
        ]

    let private unfit (sizes: Sizes) (graph: LearnedGraph) : string list =
        faults graph.Options
        @ LabelAgreement.unfit sizes graph.Options.Start graph.Weights

    let private fitted (graph: LearnedGraph) : FittedSignal =
        FittedSignal.ofPredictions (Stored.create tag unfit graph) (fun p -> apply p graph)

    /// The signal of a trained label graph.
    let signal (options: LearnedGraphOptions) : LocalSignalSpec =
        LocalSignalSpec.ofPredictions tag (faults options) (fun training predicted ->
            let labels, weights = training.Rows.Labels, training.Rows.Weights

            fitted (fit options training.Seed weights labels predicted),
            crossFit options training.Seed weights labels predicted)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "LearnedGraph"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ signal defaults ]
            Faulty =
                [
                    signal
                        { defaults with
                            Epochs = -1
                            LearningRate = 0.0
                            Damping = 0.0
                            Folds = 1
                        }
                ]
        }
