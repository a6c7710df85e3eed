namespace Limen.Core

open System
open Limen.Kernels

/// Maximum likelihood of Logistic.ofLogit(w . features), over a handful of weights that may have lower bounds.
[<RequireQualifiedAccess>]
module internal LogisticFit =

    /// Far below one observation: keeps the weights of separable scores finite.
    let private ridge = 1e-6

    /// features [d][n], targets in [0, 1] and row weights [n]; the weights w [d].
    let fit (lower: float[]) (start: float[]) (features: float[][]) (rowWeights: float[]) (targets: float[]) : float[] =
        let d = features.Length

        let curvature (w: float[]) : Curvature =
            let mutable value = 0.0
            let g = Array.zeroCreate d
            let h = Array2D.zeroCreate d d

            for i in 0 .. targets.Length - 1 do
                let mutable z = 0.0

                for j in 0 .. d - 1 do
                    z <- z + w[j] * features[j][i]

                let p = Logistic.ofLogit z

                value <-
                    value
                    + rowWeights[i] * (max z 0.0 - targets[i] * z + Math.Log(1.0 + exp (-abs z)))

                let slope = rowWeights[i] * (p - targets[i])
                let bend = rowWeights[i] * p * (1.0 - p)

                for j in 0 .. d - 1 do
                    g[j] <- g[j] + slope * features[j][i]

                    for k in 0..j do
                        h[j, k] <- h[j, k] + bend * features[j][i] * features[k][i]

            for j in 0 .. d - 1 do
                value <- value + 0.5 * ridge * w[j] * w[j]
                g[j] <- g[j] + ridge * w[j]
                h[j, j] <- h[j, j] + ridge

            {
                Value = value
                Gradient = g
                Hessian = Array2D.init d d (fun j k -> h[max j k, min j k])
            }

        Newton.minimise lower curvature start
