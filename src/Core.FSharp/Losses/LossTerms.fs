namespace Limen.Core

open TorchSharp

/// A loss of margins m = z - theta against targets y, as a value: formulas and sources stand in the modules of the cases' names.
/// What is defined pair by pair is averaged over the B L pairs; every loss is built of these cases by `Loss.sum`, `scale`, `mask`, `weight`.
[<RequireQualifiedAccess; NoEquality; NoComparison>]
type Loss =
    /// Binary cross-entropy, with a weight per label on positives where given.
    | Bce of posWeight: float32[] option
    | Margin of MarginReading * delta: float
    | Focal of gamma: float
    | Asymmetric of AsymmetricOptions
    | Smoothed of Smoothing
    /// C, and n_l [L] of the training rows.
    | Ldam of c: float * counts: int[]
    /// Balanced BCE from N and n_l [L] of the training rows.
    | Balanced of rows: int * counts: int[]
    | Dice of DiceOptions
    | Pairwise of LossScope
    | Softmax of SoftmaxReading
    /// A loss of one's own over the whole batch: a scalar.
    | Custom of name: string * (Targets -> Margins -> torch.Tensor)
    /// A loss of one's own pair by pair: [B, L].
    | CustomPairs of name: string * (Targets -> Margins -> torch.Tensor)
    | Sum of Loss list
    | Scale of float * Loss
    /// The sum over pairs in the place of their mean.
    | Summed of Loss
    /// Pairs with a mask of 0 do not count: the mean is over the others.
    | Mask of (Targets -> torch.Tensor) * Loss
    /// Pairs multiplied by weights; the mean is over all pairs.
    | Weight of (Targets -> torch.Tensor) * Loss

/// How a loss that is not made of others is computed.
[<NoEquality; NoComparison>]
type internal SingleLoss =
    /// [B, L]
    | Pairs of (Targets -> Margins -> torch.Tensor)
    /// A scalar.
    | Batch of (Targets -> Margins -> torch.Tensor)

/// How the pairs of a single loss are put together.
[<NoEquality; NoComparison>]
type internal Reduction =
    {
        Summed: bool
        Masks: (Targets -> torch.Tensor) list
        Weights: (Targets -> torch.Tensor) list
    }

/// A loss as the list of its single losses.
[<RequireQualifiedAccess>]
module internal LossTerms =

    let private scope over =
        match over with
        | LossScope.PerLabel -> "per-label"
        | LossScope.PerRow -> "per-row"
        | LossScope.Global -> "global"

    /// A name that says what the loss is made of.
    let rec name loss =
        match loss with
        | Loss.Bce None -> "bce"
        | Loss.Bce(Some _) -> "bce-pos-weight"
        | Loss.Margin(Symmetric, _) -> "margin-symmetric"
        | Loss.Margin(Ranking, _) -> "margin-ranking"
        | Loss.Focal _ -> "focal"
        | Loss.Asymmetric _ -> "asymmetric"
        | Loss.Smoothed _ -> "smoothed"
        | Loss.Ldam _ -> "ldam"
        | Loss.Balanced _ -> "balanced"
        | Loss.Dice options -> "dice-" + scope options.Scope
        | Loss.Pairwise over -> "pairwise-" + scope over
        | Loss.Softmax SoftmaxReading.Decoupled -> "softmax-decoupled"
        | Loss.Softmax SoftmaxReading.Coupled -> "softmax-coupled"
        | Loss.Softmax SoftmaxReading.Separated -> "softmax-separated"
        | Loss.Custom(name, _)
        | Loss.CustomPairs(name, _) -> name
        | Loss.Sum parts -> parts |> List.map name |> String.concat " + "
        | Loss.Scale(c, part) -> $"{c} ({name part})"
        | Loss.Summed part -> $"summed ({name part})"
        | Loss.Mask(_, part) -> $"masked ({name part})"
        | Loss.Weight(_, part) -> $"weighted ({name part})"

    let plain =
        {
            Summed = false
            Masks = []
            Weights = []
        }

    /// Each single loss with its factor and reduction.
    let rec singles factor reduction loss : (float * Reduction * Loss * SingleLoss) list =
        let pairs f = [ factor, reduction, loss, Pairs f ]
        let batch f = [ factor, reduction, loss, Batch f ]

        match loss with
        | Loss.Bce None -> pairs Bce.pairs
        | Loss.Bce(Some posWeight) -> pairs (Bce.weightedPairs posWeight)
        | Loss.Margin(reading, delta) -> pairs (Margin.pairs reading delta)
        | Loss.Focal gamma -> pairs (Focal.pairs gamma)
        | Loss.Asymmetric options -> pairs (Asymmetric.pairs options)
        | Loss.Smoothed smoothing -> pairs (Smoothing.pairs smoothing)
        | Loss.Ldam(c, counts) -> pairs (Ldam.pairs c counts)
        | Loss.Balanced(rows, counts) -> pairs (Pairwise.balancedPairs rows counts)
        | Loss.CustomPairs(_, f) -> pairs f
        | Loss.Dice options -> batch (Dice.value options)
        | Loss.Pairwise over -> batch (Pairwise.value over)
        | Loss.Softmax reading -> batch (Softmax.value reading)
        | Loss.Custom(_, f) -> batch f
        | Loss.Sum parts -> parts |> List.collect (singles factor reduction)
        | Loss.Scale(c, part) -> singles (c * factor) reduction part
        | Loss.Summed part -> singles factor { reduction with Summed = true } part
        | Loss.Mask(mask, part) ->
            singles
                factor
                { reduction with
                    Masks = mask :: reduction.Masks
                }
                part
        | Loss.Weight(weight, part) ->
            singles
                factor
                { reduction with
                    Weights = weight :: reduction.Weights
                }
                part
