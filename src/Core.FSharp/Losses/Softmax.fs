namespace Limen.Core

open Limen
open TorchSharp

/// Which log-sum-exp loss over the labels of a row.
type SoftmaxForm =
    /// Each positive against the negatives only, ln(e^m + sum over negatives e^m_j) - m, mean over the batch's positives
    /// (Gupta et al. 2024, https://arxiv.org/abs/2310.10636).
    | Decoupled = 0
    /// Each positive against all labels, mean over the batch's positives.
    | Coupled = 1
    /// ln(1 + sum over negatives e^m_j) + ln(1 + sum over positives e^-m_i), mean over rows: 0 is its threshold
    /// (An et al. 2024, https://arxiv.org/abs/2407.17331, after ZLPR, https://arxiv.org/abs/2208.02955).
    | Separated = 2

/// Losses that weigh a row's labels against each other through log-sum-exp; y > 1/2 is positive.
[<RequireQualifiedAccess>]
module Softmax =

    /// ln of the row's sum of e^x, [B, 1], where labels that do not count hold -1e30.
    let private logSumExp (x: torch.Tensor) = x.logsumexp (1L, keepdim = true)

    /// The scalar loss of the batch; 0 for Decoupled and Coupled when no row has a positive.
    let value (form: SoftmaxForm) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        let positive = y |> Tensors.above 0.5
        let isPositive = positive.to_type torch.ScalarType.Bool
        let nowhere = m |> Tensors.fullLike -1e30
        let count = Tensors.item (positive.sum ())
        let negatives = torch.where (isPositive, nowhere, m) |> logSumExp

        let overPositives (pairs: torch.Tensor) =
            if count = 0.0 then
                Loss.nothing m
            else
                (pairs * positive).sum() |> Tensors.over count

        match form with
        | SoftmaxForm.Decoupled -> Tensors.softplus (negatives - m) |> overPositives
        | SoftmaxForm.Coupled -> logSumExp m - m |> overPositives
        | SoftmaxForm.Separated ->
            // ln(1 + sum e^x) = softplus(ln sum e^x)
            let missed = torch.where (isPositive, -m, nowhere) |> logSumExp
            (Tensors.add (Tensors.softplus negatives) (Tensors.softplus missed)).mean()
        | other -> invalidArg (nameof form) $"expected a form of the softmax loss, received {other}"

    /// The loss of a batch in one of its forms.
    let loss (form: SoftmaxForm) : Loss =
        let name =
            match form with
            | SoftmaxForm.Decoupled -> "decoupled"
            | SoftmaxForm.Coupled -> "coupled"
            | _ -> "separated"

        Loss.ofBatch $"softmax-{name}" [] (value form)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Softmax"
            Source = "https://arxiv.org/abs/2310.10636, https://arxiv.org/abs/2407.17331"
            Examples =
                fun _ ->
                    [
                        for form in [ SoftmaxForm.Decoupled; SoftmaxForm.Coupled; SoftmaxForm.Separated ] -> loss form
                    ]
            Faulty = []
        }
