namespace Limen.Core

open System
open TorchSharp

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Loss =

    /// A name that says what the loss is made of.
    let name (loss: Loss) : string = LossTerms.name loss

    let private requirePairs what loss =
        for _, _, part, single in LossTerms.singles 1.0 LossTerms.plain loss do
            match single with
            | Pairs _ -> ()
            | Batch _ ->
                invalidArg (nameof loss) $"{what} needs a loss that is defined pair by pair, received {name part}"

    /// Masked pairs get target 0, so that a target that is not a number does no harm, and then do not count.
    let private reduce reduction f (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Targets y) = targets
        let (Margins m) = margins

        let beside (made: Targets -> torch.Tensor) = made(targets).``to``(m.dtype, m.device)

        let weigh (values: torch.Tensor) =
            reduction.Weights |> List.fold (fun v w -> v * beside w) values

        match reduction.Masks with
        | [] ->
            let values = f targets margins |> weigh
            if reduction.Summed then values.sum () else values.mean ()
        | masks ->
            let counts =
                (torch.ones_like m, masks)
                ||> List.fold (fun product mask -> product * beside mask)
                |> Tensors.above 0.0

            let isCounted = counts.to_type torch.ScalarType.Bool
            let known = Targets(torch.where (isCounted, y, torch.zeros_like y))

            let total =
                torch.where(isCounted, f known margins |> weigh, torch.zeros_like m).sum()

            let count = Tensors.item (counts.sum ())

            if reduction.Summed || count = 0.0 then
                total
            else
                total / count

    /// The loss of a batch: a scalar, in the margins' graph, on their device. What it makes on the way is disposed.
    /// Throws ArgumentException where the shapes differ.
    let value (loss: Loss) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Targets y) = targets
        let (Margins m) = margins

        Shape.require
            (nameof targets)
            "[B; L]"
            (m.shape |> Seq.map int |> List.ofSeq)
            (y.shape |> Seq.map int |> List.ofSeq)

        Tensors.scope (fun () ->
            let terms =
                LossTerms.singles 1.0 LossTerms.plain loss
                |> List.map (fun (factor, reduction, _, single) ->
                    match single with
                    | Pairs f -> factor * reduce reduction f targets margins
                    | Batch f -> factor * f targets margins)

            match terms with
            | [] -> Dice.nothing m
            | terms -> List.reduce (fun (a: torch.Tensor) b -> a + b) terms)

    /// Every number that is out of its range, in words; lengths per label are checked when the loss meets a batch.
    let faults (loss: Loss) : string list =
        [
            for factor, _, part, _ in LossTerms.singles 1.0 LossTerms.plain loss do
                let require ok what received =
                    if ok then
                        []
                    else
                        [ $"{name part}: expected {what}, received {received}" ]

                yield! require (Double.IsFinite factor && factor >= 0.0) "finite scales of at least 0" factor

                match part with
                | Loss.Bce(Some weights) ->
                    let worst = Array.fold min Single.MaxValue weights

                    yield!
                        require
                            (weights |> Array.forall (fun w -> w > 0f && Single.IsFinite w))
                            "positive weights"
                            worst
                | Loss.Margin(_, delta) -> yield! require (delta > 0.0) "Delta > 0" delta
                | Loss.Focal gamma -> yield! require (gamma >= 0.0) "gamma >= 0" gamma
                | Loss.Asymmetric o ->
                    yield! require (o.GammaPositive >= 0.0) "GammaPositive >= 0" o.GammaPositive
                    yield! require (o.GammaNegative >= 0.0) "GammaNegative >= 0" o.GammaNegative
                    yield! require (o.Clip >= 0.0 && o.Clip < 1.0) "Clip in [0, 1)" o.Clip
                    yield! require (o.Smallest >= 0.0 && o.Smallest < 1.0) "Smallest in [0, 1)" o.Smallest
                | Loss.Smoothed(Smoothing.Even a)
                | Loss.Smoothed(Smoothing.Prior(a, _)) -> yield! require (a >= 0.0 && a <= 1.0) "an amount in [0, 1]" a
                | Loss.Smoothed(Smoothing.Uneven(positive, negative)) ->
                    yield! require (positive >= 0.0 && positive <= 1.0) "an amount for positives in [0, 1]" positive
                    yield! require (negative >= 0.0 && negative <= 1.0) "an amount for negatives in [0, 1]" negative
                | Loss.Ldam(c, _) -> yield! require (c >= 0.0) "C >= 0" c
                | Loss.Dice o ->
                    yield! require (o.Beta > 0.0) "Beta > 0" o.Beta
                    yield! require (o.Smooth >= 0.0) "Smooth >= 0" o.Smooth
                | _ -> ()
        ]

    let sum (parts: Loss list) : Loss = Loss.Sum parts

    let scale (factor: float) (loss: Loss) : Loss = Loss.Scale(factor, loss)

    /// The sum over pairs in the place of the mean. Throws ArgumentException for a loss that is not defined pair by pair.
    let summed (loss: Loss) : Loss =
        requirePairs "a sum over pairs" loss
        Loss.Summed loss

    /// Only the pairs count where the mask, made from the targets, [B, L] or [L], is above 0; their gradient elsewhere is exactly 0, and
    /// a loss without any pair is 0. Targets at masked pairs may be NaN. Throws ArgumentException as `summed` does.
    let mask (mask: Targets -> torch.Tensor) (loss: Loss) : Loss =
        requirePairs "a mask" loss
        Loss.Mask(mask, loss)

    /// Pairs times weights, made from the targets, [B, L] or [L]. Throws ArgumentException as `summed` does.
    let weight (weights: Targets -> torch.Tensor) (loss: Loss) : Loss =
        requirePairs "a weight" loss
        Loss.Weight(weights, loss)

    /// A loss of one's own: any function that gives a scalar for a batch.
    let custom (name: string) (value: Targets -> Margins -> torch.Tensor) : Loss = Loss.Custom(name, value)

    /// A loss of one's own that gives a value for each pair [B, L], averaged over them.
    let customPairs (name: string) (pairs: Targets -> Margins -> torch.Tensor) : Loss = Loss.CustomPairs(name, pairs)

    /// The paper's loss (arXiv 2505.03118): BCE + lambda_m margin, lambda_m = 0.1 and Delta = 0.1 there.
    let paper (weight: float) (delta: float) (reading: MarginReading) : Loss =
        Loss.Sum [ Loss.Bce None; Loss.Scale(weight, Loss.Margin(reading, delta)) ]

    /// The loss in the terms of the fused kernel, where it is a weighted sum of BCE, all with the same pos_weight, and of one margin
    /// loss (any number of terms of the same Delta and reading); None for every other loss.
    let fused (loss: Loss) : FusedTerms option =
        let bce, others =
            LossTerms.singles 1.0 LossTerms.plain loss
            |> List.filter (fun (factor, _, _, _) -> factor <> 0.0)
            |> List.map (fun (factor, reduction, part, _) ->
                factor, (not reduction.Summed && reduction.Masks.IsEmpty && reduction.Weights.IsEmpty), part)
            |> List.partition (fun (_, _, part) -> part.IsBce)

        let total terms =
            terms |> List.sumBy (fun (factor, _, _) -> factor)

        let isMean = bce @ others |> List.forall (fun (_, mean, _) -> mean)

        let posWeights =
            [
                for _, _, part in bce do
                    match part with
                    | Loss.Bce w -> w
                    | _ -> ()
            ]
            |> List.distinct

        let margins =
            [
                for _, _, part in others do
                    match part with
                    | Loss.Margin(r, d) -> Some(d, r)
                    | _ -> None
            ]
            |> List.distinct

        match isMean, posWeights, margins with
        | true, ([] | [ _ ]), ([] | [ Some _ ]) ->
            Some
                {
                    Bce = total bce
                    PosWeight = posWeights |> List.tryHead |> Option.flatten
                    Margin =
                        margins
                        |> List.tryHead
                        |> Option.flatten
                        |> Option.map (fun (delta, reading) -> total others, delta, reading)
                }
        | _ -> None

    /// Every single loss of the library with its published numbers, for labels with n_l [L] of N training rows: what the laws are tested on.
    let all (rows: int) (counts: int[]) : Loss list =
        [
            Loss.Bce None
            Loss.Bce(Some(counts |> Array.map (fun n -> float32 (max 1 rows) / float32 (max 1 n))))
            Loss.Margin(Symmetric, 0.1)
            Loss.Margin(Ranking, 0.1)
            Loss.Focal 2.0
            Loss.Asymmetric Asymmetric.defaults
            Loss.Smoothed(Smoothing.Even 0.1)
            Loss.Ldam(3.0, counts)
            Loss.Balanced(rows, counts)
            for scope in [ LossScope.PerLabel; LossScope.PerRow; LossScope.Global ] do
                Loss.Dice { Dice.defaults with Scope = scope }
                Loss.Pairwise scope
            for reading in [ SoftmaxReading.Decoupled; SoftmaxReading.Coupled; SoftmaxReading.Separated ] do
                Loss.Softmax reading
        ]
