namespace Limen.Core

/// Binary cross-entropy of the margins m = z - theta, pair by pair [B, L], in nats.
[<RequireQualifiedAccess>]
module Bce =

    /// A value per label [L] as a tensor of the margins' type, to broadcast over rows.
    let internal perLabel (Margins m) (values: float32[]) : Tensor =
        Shape.require "values" "[L]" [ m.Shape[m.Shape.Length - 1] ] [ values.Length ]
        Tensor.ofArray [| values.Length |] values |> Tensor.cast m.DType

    /// y [B, L] in the margins' type.
    let internal truth (Targets y) (Margins m) : Tensor = y |> Tensor.cast m.DType

    /// 1 - x
    let internal complement (x: Tensor) : Tensor = x |> Tensor.neg |> Tensor.shift 1.0

    /// y softplus(-m) + (1 - y) softplus(m) = -y ln p - (1 - y) ln(1 - p), p = sigmoid(m); exact for every finite m.
    let pairs (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let y = truth targets margins
        // softplus(m) - y m would lose all digits for large m
        let missed = m |> Tensor.neg |> Tensor.softplus |> Tensor.mul y

        m |> Tensor.softplus |> Tensor.mul (complement y) |> Tensor.add missed

    /// w_l y softplus(-m) + (1 - y) softplus(m) with a weight w_l > 0 [L] on the positives of each label
    /// (pos_weight of torch.nn.BCEWithLogitsLoss; the authors of arXiv 2505.03118 use 10).
    let weightedPairs (posWeight: float32[]) (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let y = truth targets margins

        let missed =
            m
            |> Tensor.neg
            |> Tensor.softplus
            |> Tensor.mul y
            |> Tensor.mul (perLabel margins posWeight)

        m |> Tensor.softplus |> Tensor.mul (complement y) |> Tensor.add missed
