namespace Limen.Core

/// Which log-sum-exp loss over the labels of a row.
[<RequireQualifiedAccess>]
type SoftmaxReading =
    /// Each positive against the negatives only, ln(e^m + sum over negatives e^m_j) - m, mean over the batch's positives
    /// (Gupta et al. 2024, https://arxiv.org/abs/2310.10636).
    | Decoupled
    /// Each positive against all labels, mean over the batch's positives.
    | Coupled
    /// ln(1 + sum over negatives e^m_j) + ln(1 + sum over positives e^-m_i), mean over rows: 0 is its threshold
    /// (An et al. 2024, https://arxiv.org/abs/2407.17331, after ZLPR, https://arxiv.org/abs/2208.02955).
    | Separated

/// Losses that weigh a row's labels against each other through log-sum-exp; y > 1/2 is positive.
[<RequireQualifiedAccess>]
module Softmax =

    /// ln of the row's sum of e^x, [B, 1], where labels that do not count hold -1e30.
    let private logSumExp (x: Tensor) =
        x |> Tensor.logSumExp 1 |> Tensor.reshape [| x.Shape[0]; 1 |]

    /// The scalar loss of the batch; 0 for Decoupled and Coupled when no row has a positive.
    let value (reading: SoftmaxReading) (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        let isPositive = y |> Tensor.greaterThan 0.5
        let nowhere = Tensor.full m.DType m.Shape -1e30
        let positive = isPositive |> Tensor.cast m.DType
        let count = positive |> Tensor.sum |> Tensor.item
        let negatives = m |> Tensor.where isPositive nowhere |> logSumExp

        let overPositives pairs =
            if count = 0.0 then
                Dice.nothing m
            else
                pairs |> Tensor.mul positive |> Tensor.sum |> Tensor.scale (1.0 / count)

        match reading with
        | SoftmaxReading.Decoupled -> negatives |> Tensor.sub m |> Tensor.softplus |> overPositives
        | SoftmaxReading.Coupled -> m |> logSumExp |> Tensor.sub m |> overPositives
        | SoftmaxReading.Separated ->
            // ln(1 + sum e^x) = softplus(ln sum e^x)
            let missed =
                nowhere
                |> Tensor.where isPositive (Tensor.neg m)
                |> logSumExp
                |> Tensor.softplus

            negatives |> Tensor.softplus |> Tensor.add missed |> Tensor.mean
