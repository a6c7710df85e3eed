namespace Limen.Core

open System
open Limen.Kernels

/// One small logistic model over candidate pairs: the fused logit of label l in row x, with r_l its rarity (IDF / max
/// IDF, in [0, 1]), is
///   sum_s ((1 - r_l) Common_s + r_l Rare_s) m_s  +  Local KNN  +  LogLocal ln(KNN + 0.02)  +  Rarity r_l  +  Intercept.
/// Common_s and Rare_s are the slopes of scorer s at rarity 0 and 1, both at least 0.001: raising a margin never
/// lowers the score.
type Stack =
    {
        Common: float[]
        Rare: float[]
        Local: float
        LogLocal: float
        Rarity: float
        Intercept: float
    }

/// Fusion of scorers and local signal in log-odds with shared parameters, fitted on held-out rows.
[<RequireQualifiedAccess>]
module Stacking =

    let private smallestSlope = 1e-3
    // ridge on every parameter, in units of summed log loss; next to none on the intercept
    let private ridge = 0.1
    let private interceptRidge = 1e-3
    let private chunk = 256

    let private toVector (k: Stack) =
        Array.concat [ k.Common; k.Rare; [| k.Local; k.LogLocal; k.Rarity; k.Intercept |] ]

    let private ofVector scorers (w: float[]) : Stack =
        let n = 2 * scorers

        {
            Common = w[.. scorers - 1]
            Rare = w[scorers .. n - 1]
            Local = w[n]
            LogLocal = w[n + 1]
            Rarity = w[n + 2]
            Intercept = w[n + 3]
        }

    let private fill (features: float[]) (rarity: float32[]) (lists: ScoreLists) at =
        let scorers = lists.Margins.Length
        let r = float rarity[lists.Local.Indices[at]]
        let local = float lists.Local.Values[at]

        for s in 0 .. scorers - 1 do
            let m = float lists.Margins[s].Values[at]
            features[s] <- (1.0 - r) * m
            features[scorers + s] <- r * m

        features[2 * scorers] <- local
        features[2 * scorers + 1] <- log (local + 0.02)
        features[2 * scorers + 2] <- r
        features[2 * scorers + 3] <- 1.0

    let private dot (w: float[]) (x: float[]) =
        let mutable s = 0.0

        for i in 0 .. w.Length - 1 do
            s <- s + w[i] * x[i]

        s

    let private requireIdf (idf: float32[]) (lists: ScoreLists) =
        Shape.require (nameof idf) "[L]" [ lists.Local.Columns ] [ idf.Length ]

    /// Summed log loss over the listed pairs plus the ridge: rows in fixed chunks whose sums are added in order.
    let private curvature (rarity: float32[]) (hit: bool[]) (lists: ScoreLists) (w: float[]) : Curvature =
        let d = w.Length
        let rows = lists.Local.Rows

        let partial index =
            let features = Array.zeroCreate d
            let gradient = Array.zeroCreate d
            let hessian = Array2D.zeroCreate d d
            let mutable value = 0.0

            for at in lists.Local.RowStart[index * chunk] .. lists.Local.RowStart[min rows ((index + 1) * chunk)] - 1 do
                fill features rarity lists at
                let z = dot w features
                let tail = exp (-abs z)
                let p = if z >= 0.0 then 1.0 / (1.0 + tail) else tail / (1.0 + tail)
                value <- value + max (if hit[at] then -z else z) 0.0 + Math.Log(1.0 + tail)
                let slope = if hit[at] then p - 1.0 else p
                let weight = p * (1.0 - p)

                for i in 0 .. d - 1 do
                    gradient[i] <- gradient[i] + slope * features[i]
                    let wi = weight * features[i]

                    for j in 0..i do
                        hessian[i, j] <- hessian[i, j] + wi * features[j]

            value, gradient, hessian

        let parts = Array.Parallel.init ((rows + chunk - 1) / chunk) partial
        let penalty = Array.init d (fun i -> if i = d - 1 then interceptRidge else ridge)
        let gradient = Array.init d (fun i -> penalty[i] * w[i])
        let hessian = Array2D.init d d (fun i j -> if i = j then penalty[i] else 0.0)
        let mutable value = 0.0

        for i in 0 .. d - 1 do
            value <- value + 0.5 * penalty[i] * w[i] * w[i]

        for v, g, h in parts do
            value <- value + v

            for i in 0 .. d - 1 do
                gradient[i] <- gradient[i] + g[i]

                for j in 0..i do
                    hessian[i, j] <- hessian[i, j] + h[i, j]

        {
            Value = value
            Gradient = gradient
            Hessian = Array2D.init d d (fun i j -> hessian[max i j, min i j])
        }

    let private lowerBounds scorers =
        Array.append (Array.create (2 * scorers) smallestSlope) (Array.create 4 Double.NegativeInfinity)

    let private hits (labels: CsrMatrix) (lists: ScoreLists) =
        let pairs = lists.Local

        if labels.Rows <> pairs.Rows || labels.Columns <> pairs.Columns then
            invalidArg
                (nameof labels)
                $"expected label sets [{pairs.Rows}, {pairs.Columns}] as the scores, received [{labels.Rows}, {labels.Columns}]"

        let hit = Array.zeroCreate pairs.NonZeros

        for row in 0 .. pairs.Rows - 1 do
            let mutable next = labels.RowStart[row]

            for at in pairs.RowStart[row] .. pairs.RowStart[row + 1] - 1 do
                while next < labels.RowStart[row + 1] && labels.Indices[next] < pairs.Indices[at] do
                    next <- next + 1

                hit[at] <- next < labels.RowStart[row + 1] && labels.Indices[next] = pairs.Indices[at]

        hit

    /// The gradient [2 S + 4] of the fitted loss at a stack, in the order Common, Rare, Local, LogLocal, Rarity,
    /// Intercept, without the components held back by a slope's bound: zero at the optimum.
    let gradient (idf: float32[]) (labels: CsrMatrix) (lists: ScoreLists) (stack: Stack) : float[] =
        requireIdf idf lists
        let w = toVector stack
        let at = curvature (Rarity.ofIdf idf) (hits labels lists) lists w
        Newton.projected (lowerBounds lists.Margins.Length) at.Gradient w

    /// Fits the stack on the listed pairs of held-out rows: idf [L] (any smoothing, from training rows), labels [N,
    /// L]. Log loss plus a slight ridge, minimised by projected Newton steps in float64.
    let fit (idf: float32[]) (labels: CsrMatrix) (lists: ScoreLists) : Stack =
        requireIdf idf lists
        let scorers = lists.Margins.Length
        let slopes = Array.create (2 * scorers) (1.0 / float scorers)

        Newton.minimise
            (lowerBounds scorers)
            (curvature (Rarity.ofIdf idf) (hits labels lists) lists)
            (Array.append slopes (Array.zeroCreate 4))
        |> ofVector scorers

    /// The fused logits on the same pairs.
    let apply (stack: Stack) (idf: float32[]) (lists: ScoreLists) : CsrMatrix =
        requireIdf idf lists

        if stack.Common.Length <> lists.Margins.Length then
            invalidArg
                (nameof lists)
                $"expected {stack.Common.Length} scorers as fitted, received {lists.Margins.Length}"

        let w = toVector stack
        let rarity = Rarity.ofIdf idf
        let pairs = lists.Local
        let features = Array.zeroCreate w.Length

        let values =
            Array.init pairs.NonZeros (fun at ->
                fill features rarity lists at
                float32 (dot w features))

        CsrMatrix(pairs.Rows, pairs.Columns, pairs.RowStart, pairs.Indices, values)

    /// The fused logits of the fitting rows themselves, each row by a stack fitted on the other folds, so that
    /// thresholds fitted on them are not optimistic. Folds come from the first scorer's margins (Folds.ofScores).
    let crossFit (folds: int) (seed: Seed) (idf: float32[]) (labels: CsrMatrix) (lists: ScoreLists) : CsrMatrix =
        let foldOf = Folds.ofScores folds seed lists.Margins[0]
        let pairs = lists.Local
        let values = Array.zeroCreate pairs.NonZeros

        for fold in 0 .. folds - 1 do
            let inside, outside = Folds.split fold foldOf

            if inside.Length > 0 then
                let stack =
                    fit idf (Csr.selectRows outside labels) (ScoreLists.selectRows outside lists)

                let fused = apply stack idf (ScoreLists.selectRows inside lists)

                inside
                |> Array.iteri (fun i row ->
                    Array.blit
                        fused.Values
                        fused.RowStart[i]
                        values
                        pairs.RowStart[row]
                        (fused.RowStart[i + 1] - fused.RowStart[i]))

        CsrMatrix(pairs.Rows, pairs.Columns, pairs.RowStart, pairs.Indices, values)
