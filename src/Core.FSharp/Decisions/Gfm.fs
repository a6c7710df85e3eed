namespace Limen.Core

/// The general F-measure maximiser (Waegeman et al. 2014,
/// https://jmlr.org/papers/v15/waegeman14a.html) under independent labels: the set of greatest expected F1 of a row,
/// which is always a set of its best labels.
[<RequireQualifiedAccess>]
module Gfm =

    /// P(|Y| = s), s = 0 .. m, of m independent labels of probabilities p (Poisson-binomial).
    let sizes (p: float[]) : float[] =
        let d = Array.zeroCreate (p.Length + 1)
        d[0] <- 1.0

        p
        |> Array.iteri (fun i q ->
            for s in i + 1 .. -1 .. 1 do
                d[s] <- d[s] * (1.0 - q) + d[s - 1] * q

            d[0] <- d[0] * (1.0 - q))

        d

    /// E F1 of predicting the k best, k = 0 .. m, p descending: k = 0 is P(Y empty) (two empty sets agree), else the
    /// sum over the k best labels i of sum_s 2 P(y_i = 1, |Y| = s) / (s + k). Time O(m^3).
    let expectedF1 (p: float[]) : float[] =
        let m = p.Length

        let joint =
            p |> Array.mapi (fun i q -> Array.removeAt i p |> sizes |> Array.map ((*) q))

        Array.init (m + 1) (fun k ->
            if k = 0 then
                (sizes p)[0]
            else
                let mutable f = 0.0

                for i in 0 .. k - 1 do
                    for s in 1..m do
                        f <- f + 2.0 * joint[i][s - 1] / float (s + k)

                f)

    /// How many of a row's best labels make its best set, from its listed scores in descending order, of which the top are looked at;
    /// p = sigmoid(score) must be calibrated. Labels beyond the top count as absent.
    let size (top: int) (descending: float32[]) : int =
        let f =
            descending
            |> Array.truncate top
            |> Array.map (fun z -> Logistic.ofLogit (float z))
            |> expectedF1

        Array.findIndex ((=) (Array.max f)) f
