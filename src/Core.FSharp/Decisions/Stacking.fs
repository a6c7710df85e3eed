namespace Limen.Core

open System
open Limen.Kernels

/// Fusion of scorers and local signal in log-odds with shared parameters, fitted on held-out rows.
[<RequireQualifiedAccess>]
module Stacking =

    let private smallestSlope = 1e-3
    /// Added to the local signal before its logarithm.
    let private localFloor = 0.02
    // ridge on every parameter, in units of summed log loss; next to none on the intercept
    let private ridge = 0.1
    let private interceptRidge = 1e-3
    let private chunk = 256
    // pairs that are quicker scored by one thread
    let private few = 10_000
    // features besides the margins: KNN, its logarithm and 1
    let private others = 3

    let private slopes (k: Stack) =
        Array.append k.Margins [| k.Local; k.LogLocal; k.Intercept |]

    let private toVector (k: Stack) =
        slopes k |> Array.collect (fun slope -> [| slope.Common; slope.Rare |])

    let private ofVector (w: float[]) : Stack =
        let slopes =
            w
            |> Array.chunkBySize 2
            |> Array.map (fun pair -> { Common = pair[0]; Rare = pair[1] })

        let scorers = slopes.Length - others

        {
            Margins = slopes[.. scorers - 1]
            Local = slopes[scorers]
            LogLocal = slopes[scorers + 1]
            Intercept = slopes[scorers + 2]
            Trees = FusionTrees.none
        }

    let private fill (features: float[]) (lists: CandidateScores) at =
        let scorers = lists.Margins.Length
        let r = float lists.Rarity.Values[at]
        let local = float lists.Local.Values[at]

        let put t x =
            features[2 * t] <- (1.0 - r) * x
            features[2 * t + 1] <- r * x

        for s in 0 .. scorers - 1 do
            put s (float lists.Margins[s].Values[at])

        put scorers local
        put (scorers + 1) (log (local + localFloor))
        put (scorers + 2) 1.0

    let private dot (w: float[]) (x: float[]) =
        let mutable s = 0.0

        for i in 0 .. w.Length - 1 do
            s <- s + w[i] * x[i]

        s

    /// Summed log loss over the listed pairs plus the ridge: rows in fixed chunks whose sums are added in order.
    let private curvature (weights: float32[] option) (hit: bool[]) (lists: CandidateScores) (w: float[]) : Curvature =
        let d = w.Length
        let rows = lists.Local.Rows

        let partial index =
            let features = Array.zeroCreate d
            let gradient = Array.zeroCreate d
            let hessian = Array2D.zeroCreate d d
            let mutable value = 0.0

            for row in index * chunk .. Lanes.End(index, chunk, rows) - 1 do
                let ofRow = weights |> Option.map (fun w -> float w[row]) |> Option.defaultValue 1.0

                for at in lists.Local.RowStart[row] .. lists.Local.RowStart[row + 1] - 1 do
                    fill features lists at
                    let z = dot w features
                    let tail = exp (-abs z)
                    let p = if z >= 0.0 then 1.0 / (1.0 + tail) else tail / (1.0 + tail)
                    value <- value + ofRow * (max (if hit[at] then -z else z) 0.0 + Math.Log(1.0 + tail))
                    let slope = ofRow * (if hit[at] then p - 1.0 else p)
                    let weight = ofRow * p * (1.0 - p)

                    for i in 0 .. d - 1 do
                        gradient[i] <- gradient[i] + slope * features[i]
                        let wi = weight * features[i]

                        for j in 0..i do
                            hessian[i, j] <- hessian[i, j] + wi * features[j]

            value, gradient, hessian

        let parts = Cancellation.init (Lanes.Tasks(rows, chunk)) partial
        let penalty = Array.init d (fun i -> if i >= d - 2 then interceptRidge else ridge)
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
        Array.append (Array.create (2 * scorers) smallestSlope) (Array.create (2 * others) Double.NegativeInfinity)

    /// Which of the listed pairs are true. Throws ArgumentException for label sets of another shape.
    let internal hits (lists: CandidateScores) (LabelSets labels) =
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

    /// The gradient [2 S + 6] of the fitted loss at a stack, Common and Rare of each of Margins, Local, LogLocal and Intercept in
    /// turn, without the components held back by a slope's bound: zero at the optimum.
    let gradient (weights: float32[] option) (lists: CandidateScores) (labels: LabelSets) (stack: Stack) : float[] =
        let w = toVector stack
        let at = curvature weights (hits lists labels) lists w
        Newton.projected (lowerBounds lists.Margins.Length) at.Gradient w

    /// Fits the stack on the listed pairs of held-out rows, with the rows' weights [N] (None: 1 each) and label sets. Log loss plus a slight ridge, minimised by projected
    /// Newton steps in float64.
    let fit (weights: float32[] option) (lists: CandidateScores) (labels: LabelSets) : Stack =
        let scorers = lists.Margins.Length
        let slopes = Array.create (2 * scorers) (1.0 / float scorers)

        Newton.minimise
            (lowerBounds scorers)
            (curvature weights (hits lists labels) lists)
            (Array.append slopes (Array.zeroCreate (2 * others)))
        |> ofVector

    /// What the evidence of one pair gives to its score, part by part: each scorer's margin, the local signal, rarity, and what is left; a tree gives each change of value along
    /// its path to what was asked there. The score is float32 of ((margins + Local) + Rarity) + Rest, the margins added in their order.
    let parts (stack: Stack) (rarity: float) (margins: float[]) (local: float) : StackParts =
        let ofTrees = Array.zeroCreate (margins.Length + 3)
        FusionTrees.addParts stack.Trees [| yield! margins; local; rarity |] ofTrees

        let silent r =
            RaritySlope.at r stack.Intercept
            + RaritySlope.at r stack.LogLocal * log localFloor

        {
            Slopes = stack.Margins |> Array.map (RaritySlope.at rarity)
            Margins = Array.mapi2 (fun s slope m -> RaritySlope.at rarity slope * m + ofTrees[s]) stack.Margins margins
            Local =
                ofTrees[margins.Length]
                + RaritySlope.at rarity stack.Local * local
                + RaritySlope.at rarity stack.LogLocal
                  * (log (local + localFloor) - log localFloor)
            Rarity = silent rarity - silent 0.0 + ofTrees[margins.Length + 1]
            Rest = silent 0.0 + ofTrees[margins.Length + 2]
        }

    /// The fused logits on the same pairs: the sums of their parts.
    let apply (stack: Stack) (lists: CandidateScores) : Scores =
        if stack.Margins.Length <> lists.Margins.Length then
            invalidArg
                (nameof lists)
                $"expected {stack.Margins.Length} scorers as fitted, received {lists.Margins.Length}"

        let pairs = lists.Local

        let score at =
            let margins = lists.Margins |> Array.map (fun m -> float m.Values[at])

            parts stack (float lists.Rarity.Values[at]) margins (float pairs.Values[at])
            |> StackParts.score

        let values =
            if pairs.NonZeros < few then
                Array.init pairs.NonZeros score
            else
                Cancellation.init pairs.NonZeros score

        Scores(CsrMatrix.Trusted(pairs.Rows, pairs.Columns, pairs.RowStart, pairs.Indices, values))
