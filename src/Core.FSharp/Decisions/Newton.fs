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
    /// https://doi.org/10.1137/0320018): parameters held at their bound stay out of the step.
    let minimise (lower: float[]) (f: float[] -> Curvature) (start: float[]) : float[] =
        let step (x: float[]) (free: int[]) (at: Curvature) =
            let h =
                Array2D.init free.Length free.Length (fun i j -> at.Hessian[free[i], free[j]])

            let direction = solve h (free |> Array.map (fun i -> at.Gradient[i]))

            fun scale ->
                let next = Array.copy x

                free
                |> Array.iteri (fun k i -> next[i] <- max lower[i] (x[i] - scale * direction[k]))

                next

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
                let free =
                    [| 0 .. x.Length - 1 |]
                    |> Array.filter (fun i -> x[i] > lower[i] || at.Gradient[i] < 0.0)

                match backtrack (step x free at) at 1.0 with
                | Some(next, there) -> descend (remaining - 1) next there
                | None -> x

        descend 100 start (f start)
