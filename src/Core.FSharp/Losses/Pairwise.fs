namespace Limen.Core

/// Pairwise logistic losses: every positive above every negative. Per label it bounds one minus the macro-AUC (Wu et al. 2023,
/// https://arxiv.org/abs/2305.05248), globally it is the Mann-Whitney loss (https://arxiv.org/abs/2510.00137).
[<RequireQualifiedAccess>]
module Pairwise =

    /// mean over columns (labels, rows, or the one batch) that have both kinds of mean over their pairs of softplus(-(m+ - m-)); y > 1/2 is
    /// positive. Without any such column 0. A constant added to a column changes nothing. Memory: [positives, column length].
    let value (scope: LossScope) (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let a = m |> Dice.columns scope
        let length, columns = a.Shape[0], a.Shape[1]

        let positive =
            Bce.truth targets margins
            |> Dice.columns scope
            |> Tensor.toArray
            |> Array.map (fun y -> y > 0.5f)

        let counts = Array.zeroCreate<int> columns

        positive
        |> Array.iteri (fun at isPositive ->
            if isPositive then
                counts[at % columns] <- counts[at % columns] + 1)

        let mixed c = counts[c] > 0 && counts[c] < length
        let count = Seq.filter mixed (seq { 0 .. columns - 1 }) |> Seq.length

        let chosen =
            [|
                for at in 0 .. positive.Length - 1 do
                    if positive[at] && mixed (at % columns) then
                        at
            |]

        if chosen.Length = 0 then
            Dice.nothing m
        else
            // one row for each positive: its column's scores against its own
            let own =
                a
                |> Tensor.reshape [| positive.Length; 1 |]
                |> Tensor.selectRows (Tensor.ofIds [| chosen.Length |] (Array.map int64 chosen))

            let against =
                a
                |> Tensor.transpose
                |> Tensor.selectRows (
                    Tensor.ofIds [| chosen.Length |] (chosen |> Array.map (fun at -> int64 (at % columns)))
                )

            let weights =
                chosen
                |> Array.collect (fun at ->
                    let c = at % columns
                    let n = float32 (float count * float counts[c] * float (length - counts[c]))
                    Array.init length (fun r -> if positive[r * columns + c] then 0f else 1f / n))

            against
            |> Tensor.sub own
            |> Tensor.softplus
            |> Tensor.mul (Tensor.ofArray [| chosen.Length; length |] weights |> Tensor.cast m.DType)
            |> Tensor.sum

    /// The univariate form of the same: (1 / L) sum_l of the mean loss of label l's positives plus that of its negatives, as BCE [B, L]
    /// weighted by N / n_l and N / (N - n_l), from counts n_l [L] among N training rows; a class without rows has weight 1.
    let balancedPairs (rows: int) (counts: int[]) (targets: Targets) (margins: Margins) : Tensor =
        let y = Bce.truth targets margins

        let weight n =
            if n <= 0 then 1f else float32 rows / float32 n

        let positive = counts |> Array.map weight |> Bce.perLabel margins

        let negative =
            counts |> Array.map (fun n -> weight (rows - n)) |> Bce.perLabel margins

        Bce.pairs targets margins
        |> Tensor.mul (y |> Tensor.mul positive |> Tensor.add (Bce.complement y |> Tensor.mul negative))
