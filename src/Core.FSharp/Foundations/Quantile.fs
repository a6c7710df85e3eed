namespace Limen.Core

/// Quantiles of numbers, and of the standard normal distribution.
[<RequireQualifiedAccess>]
module internal Quantile =

    /// The q-quantile of ascending values, at least one, interpolated linearly between neighbours; q in [0, 1].
    let ofAscending (q: float) (ascending: float[]) : float =
        let at = q * float (ascending.Length - 1)
        let below = int at
        let above = min (ascending.Length - 1) (below + 1)
        ascending[below] + (at - float below) * (ascending[above] - ascending[below])

    let private polynomial (coefficients: float list) (x: float) =
        coefficients |> List.fold (fun sum c -> sum * x + c) 0.0

    /// Numerator and denominator near the middle, then in the tails.
    let private middle =
        polynomial
            [
                -3.969683028665376e+01
                2.209460984245205e+02
                -2.759285104469687e+02
                1.383577518672690e+02
                -3.066479806614716e+01
                2.506628277459239
            ],
        polynomial
            [
                -5.447609879822406e+01
                1.615858368580409e+02
                -1.556989798598866e+02
                6.680131188771972e+01
                -1.328068155288572e+01
                1.0
            ]

    let private tail =
        polynomial
            [
                -7.784894002430293e-03
                -3.223964580411365e-01
                -2.400758277161838
                -2.549732539343734
                4.374664141464968
                2.938163982698783
            ],
        polynomial
            [
                7.784695709041462e-03
                3.224671290700398e-01
                2.445134137142996
                3.754408661907416
                1.0
            ]

    /// The number below which a standard normal one lies with probability p in (0, 1), within 1.2e-9 of itself (P. J. Acklam's rational
    /// approximation, https://web.archive.org/web/20151030215612/http://home.online.no/~pjacklam/notes/invnorm/).
    let rec normal (p: float) : float =
        if p > 0.5 then
            -normal(1.0 - p)
        elif p < 0.02425 then
            let q = sqrt (-2.0 * log p)
            fst tail q / snd tail q
        else
            let q = p - 0.5
            q * fst middle (q * q) / snd middle (q * q)
