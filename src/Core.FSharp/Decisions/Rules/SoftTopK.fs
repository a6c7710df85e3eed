namespace Limen.Core

/// Soft top-k (Gupta et al. 2024, https://arxiv.org/abs/2310.10636): each row has a threshold -t of its own, at which the soft counts of its listed scores z sum
/// to k, sum over l of sigmoid(a (z_l + t)) = k. A row of clear scores gets k labels or so, one of equal scores all or none. Nothing is fitted.
[<RequireQualifiedAccess>]
module SoftTopK =

    let private tag = "soft-top-k"

    /// Halvings of the interval that holds the threshold: float64 is used up after them.
    let private halvings = 60

    /// The threshold -t of a row from its listed scores in descending order. k at or above their number: below the lowest, so that all are predicted.
    let threshold (k: float) (a: float) (descending: float32[]) : float32 =
        if descending.Length = 0 then
            0f
        elif float descending.Length <= k then
            System.MathF.BitDecrement(Array.last descending)
        else
            let softly (theta: float) =
                descending |> Array.sumBy (fun z -> Logistic.ofLogit (a * (float z - theta)))

            // the threshold of n equal scores is so far from them: those of others lie between that of the lowest and that of the highest
            let reach = abs (log (k / (float descending.Length - k))) / a

            let low, high = float (Array.last descending) - reach, float descending[0] + reach

            ((low, high), seq { 1..halvings })
            ||> Seq.fold (fun (low, high) _ ->
                let middle = (low + high) / 2.0
                if softly middle > k then middle, high else low, middle)
            |> fun (low, high) -> float32 ((low + high) / 2.0)

    /// What is stored: k and a.
    type Numbers = { K: float; Sharpness: float }

    let private faults (n: Numbers) : string list =
        Limits.above0 "SoftTopK, k" Limits.factor n.K
        @ Limits.above0 "SoftTopK, sharpness" Limits.factor n.Sharpness

    let private fitted (n: Numbers) : FittedRule =
        FittedRule.ofRowThreshold (Stored.create tag (fun _ -> faults) n) (threshold n.K n.Sharpness)

    /// The rule; k is above 0, and the sharpness a, above 0, says how hard the count is: the larger, the nearer to k labels a row.
    let rule (k: float) (sharpness: float) : Rule =
        let numbers = { K = k; Sharpness = sharpness }
        Rule.create tag (faults numbers) (fun _ _ _ -> fitted numbers)

    /// In the registry.
    let entry: RuleEntry =
        {
            Codec = Codec.create tag fitted
            Door = "SoftTopK"
            Source = "https://arxiv.org/abs/2310.10636"
            Examples = [ rule 3.0 2.0 ]
            Faulty = [ rule 0.0 2.0; rule 3.0 -1.0; rule nan 2.0 ]
        }
