namespace Limen.Core

/// Value, gradient [d] and Hessian [d, d] of a smooth convex function at a point.
[<ReferenceEquality>]
type internal Curvature =
    {
        Value: float
        Gradient: float[]
        Hessian: float[,]
    }

/// Convex minimisation over a handful of parameters.
[<RequireQualifiedAccess>]
module internal Newton =

    /// Solves H x = g for a symmetric positive definite H (Cholesky).
    let solve (h: float[,]) (g: float[]) : float[] =
        let d = g.Length
        let l = Array2D.zeroCreate d d

        for i in 0 .. d - 1 do
            for j in 0..i do
                let mutable s = h[i, j]

                for k in 0 .. j - 1 do
                    s <- s - l[i, k] * l[j, k]

                l[i, j] <- if i = j then sqrt (max s 1e-300) else s / l[j, j]

        let x = Array.copy g

        for i in 0 .. d - 1 do
            for k in 0 .. i - 1 do
                x[i] <- x[i] - l[i, k] * x[k]

            x[i] <- x[i] / l[i, i]

        for i in d - 1 .. -1 .. 0 do
            for k in i + 1 .. d - 1 do
                x[i] <- x[i] - l[k, i] * x[k]

            x[i] <- x[i] / l[i, i]

        x

    /// The gradient without the components that a lower bound holds back: zero at the constrained minimum.
    let projected (lower: float[]) (gradient: float[]) (x: float[]) =
        Array.init x.Length (fun i ->
            if x[i] <= lower[i] && gradient[i] > 0.0 then
                0.0
            else
                gradient[i])

    /// Minimises f over x >= lower by projected Newton steps with backtracking (Bertsekas 1982,
    /// https://doi.org/10.1137/0320018). A parameter near its bound that wants to go below moves there by itself, apart from
    /// the Newton step of the others: together, the bound would bend the step so that it need not descend.
    let minimise (lower: float[]) (f: float[] -> Curvature) (start: float[]) : float[] =
        let step (x: float[]) (at: Curvature) =
            let d = x.Length

            let distance =
                Array.init d (fun i -> x[i] - max lower[i] (x[i] - at.Gradient[i]))
                |> Array.sumBy (fun v -> v * v)
                |> sqrt

            let near i =
                x[i] <= lower[i] + min 0.01 distance && at.Gradient[i] > 0.0

            let bounded, free = Array.partition near [| 0 .. d - 1 |]
            let direction = Array.zeroCreate d

            for i in bounded do
                direction[i] <- at.Gradient[i] / max at.Hessian[i, i] 1e-12

            let h =
                Array2D.init free.Length free.Length (fun i j -> at.Hessian[free[i], free[j]])

            solve h (free |> Array.map (fun i -> at.Gradient[i]))
            |> Array.iteri (fun k v -> direction[free[k]] <- v)

            fun scale -> Array.init d (fun i -> max lower[i] (x[i] - scale * direction[i]))

        let rec backtrack move (at: Curvature) scale =
            if scale < 1e-10 then
                None
            else
                let next = move scale
                let there = f next

                if there.Value < at.Value then
                    Some(next, there)
                else
                    backtrack move at (scale / 2.0)

        let rec descend remaining x (at: Curvature) =
            let gradient = projected lower at.Gradient x

            if
                remaining = 0
                || Array.forall (fun g -> abs g <= 1e-9 * (1.0 + abs at.Value)) gradient
            then
                x
            else
                match backtrack (step x at) at 1.0 with
                | Some(next, there) -> descend (remaining - 1) next there
                | None -> x

        descend 100 start (f start)
