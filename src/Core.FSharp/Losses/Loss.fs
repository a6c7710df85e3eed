namespace Limen

open System
open Limen.Core

/// A loss of the margins m = z - theta against the targets y, as a value: a weighted sum of terms, some of which may depend on how often labels occur.
/// What is defined pair by pair is averaged over the B L pairs. C# makes them by `Losses`, F# by the modules of their names (`Bce.loss`, `Focal.loss 2.0`).
/// A loss of one's own: `Loss.ofPairs`, `Loss.ofBatch`, which say how numbers stand beside tensors there.
[<Sealed>]
type Loss internal (terms: LabelCounts -> LossTerm list, isCounted: bool) =

    /// The terms for known counts.
    member internal _.Terms(counts: LabelCounts) : LossTerm list = terms counts

    /// Whether it depends on how often labels occur.
    member internal _.IsCounted = isCounted

    /// This loss plus weight times the other. The weight is a finite number of at least 0.
    member loss.Plus(weight: float, other: Loss) : Loss =
        if isNull (box other) then
            nullArg (nameof other)

        Loss(
            (fun counts ->
                terms counts
                @ (other.Terms counts |> List.map (fun t -> { t with Factor = weight * t.Factor }))),
            isCounted || other.IsCounted
        )

    /// This loss plus the other.
    member loss.Plus(other: Loss) : Loss = loss.Plus(1.0, other)

    /// This loss times a factor, a finite number of at least 0.
    member _.Times(factor: float) : Loss =
        Loss((fun counts -> terms counts |> List.map (fun t -> { t with Factor = factor * t.Factor })), isCounted)

    /// What the loss is made of.
    override _.ToString() =
        terms LabelCounts.sample |> List.map LossTerm.name |> String.concat " + "

namespace Limen.Core

open System
open Limen
open TorchSharp

/// What the registry says of a loss.
[<NoEquality; NoComparison>]
type LossEntry =
    {
        /// Its function in C#'s `Losses`.
        Door: string
        /// Where it was published.
        Source: string
        /// The loss with its published numbers, in every form that it has, for labels with n_l [L] of N training rows: what the laws are tested on.
        Examples: LabelCounts -> Loss list
        /// With numbers out of range: each must have a fault. Empty for a loss without numbers.
        Faulty: Loss list
    }

[<RequireQualifiedAccess>]
module Loss =

    // -- making losses --

    let internal ofTerms (terms: LossTerm list) : Loss = Loss((fun _ -> terms), false)

    let private single name faults form fused : Loss =
        ofTerms
            [
                {
                    Name = name
                    Faults = faults
                    Form = form
                    Fused = fused
                    Factor = 1.0
                    Summed = false
                    Masks = []
                    Weights = []
                }
            ]

    /// A loss that depends on how often labels occur in the training rows, of which it is made when they are known.
    let byCounts (make: LabelCounts -> Loss) : Loss =
        Loss((fun counts -> (make counts).Terms counts), true)

    /// The same loss for known counts.
    let counted (counts: LabelCounts) (loss: Loss) : Loss =
        let terms = loss.Terms counts
        ofTerms terms

    /// The terms. Throws InvalidOperationException for a loss that depends on counts which are not known.
    let internal terms (loss: Loss) : LossTerm list =
        if loss.IsCounted then
            invalidOp
                $"the loss {loss} depends on how often labels occur: give it the number of training rows and each label's positives among them (Loss.counted, in C# AsModule)"

        loss.Terms LabelCounts.sample

    let private each change (loss: Loss) : Loss =
        Loss((fun counts -> loss.Terms counts |> List.map change), loss.IsCounted)

    /// A loss that gives a value for each pair [B, L]; faults name its numbers that are out of range.
    /// Numbers beside its tensors must be held until torch is done with them. TorchSharp makes a Scalar of a number beside an operator (`x * 2f`, `1f - x`, `x > 0f`)
    /// and of the factor 1 of a sum (`a + b`), which nobody holds: the garbage collector may free it while torch reads it, and the loss throws ("Expected
    /// false to be true", "Unknown scalar type") or goes on with another number, seldom and unseen. So `use two = Scalar.op_Implicit 2.0` and
    /// `x.mul two`, `a.add (b, one)`, `x.pow p`, `x.clamp (low, high)`, or a tensor (`torch.full_like (x, two)`) in the number's place; in C#
    /// `using Scalar two = 2.0;`. Products, differences and quotients of two tensors and functions without a number are safe.
    let ofPairs (name: string) (faults: string list) (pairs: Targets -> Margins -> torch.Tensor) : Loss =
        single name faults (PerPair pairs) None

    /// A loss that gives a scalar for a batch; faults name its numbers that are out of range. What `ofPairs` says of numbers beside tensors holds here too.
    let ofBatch (name: string) (faults: string list) (value: Targets -> Margins -> torch.Tensor) : Loss =
        single name faults (PerBatch value) None

    /// The same loss, which the fused kernel computes too.
    let internal asFused (form: FusedForm) (loss: Loss) : Loss =
        loss |> each (fun t -> { t with Fused = Some form })

    /// A fault in words, where a number is not in its range.
    let fault (ok: bool) (expected: string) (received: float) : string list =
        if ok then
            []
        else
            [ $"expected {expected}, received {received}" ]

    // -- what a loss is --

    /// A name that says what the loss is made of.
    let name (loss: Loss) : string = string loss

    /// Every number that is out of its range, in words; lengths per label are checked when the loss meets a batch.
    let faults (loss: Loss) : string list =
        [
            for t in loss.Terms LabelCounts.sample do
                let factor = Limits.number "scale" (0.0, Limits.factor) t.Factor

                for words in factor @ t.Faults do
                    $"{t.Name}: {words}"
        ]

    // -- combining losses --

    let private eachPair what change (loss: Loss) : Loss =
        for t in loss.Terms LabelCounts.sample do
            match t.Form with
            | PerPair _ -> ()
            | PerBatch _ ->
                invalidArg (nameof loss) $"{what} needs a loss that is defined pair by pair, received {t.Name}"

        each change loss

    /// The sum of losses.
    let sum (parts: Loss list) : Loss =
        Loss((fun counts -> parts |> List.collect (fun part -> part.Terms counts)), parts |> List.exists _.IsCounted)

    /// A loss times a factor.
    let scale (factor: float) (loss: Loss) : Loss = loss.Times factor

    /// The sum over pairs in the place of the mean. Throws ArgumentException for a loss that is not defined pair by pair.
    let summed (loss: Loss) : Loss =
        loss |> eachPair "a sum over pairs" (fun t -> { t with Summed = true })

    /// Only the pairs count where the mask, made from the targets, [B, L] or [L], is above 0; their gradient elsewhere is exactly 0, and
    /// a loss without any pair is 0. Targets at masked pairs may be NaN. Numbers in the mask are held as `ofPairs` says. Throws ArgumentException as
    /// `summed` does.
    let mask (mask: Targets -> torch.Tensor) (loss: Loss) : Loss =
        loss |> eachPair "a mask" (fun t -> { t with Masks = mask :: t.Masks })

    /// Pairs times weights, made from the targets, [B, L] or [L]. Numbers in the weights are held as `ofPairs` says. Throws ArgumentException as `summed` does.
    let weight (weights: Targets -> torch.Tensor) (loss: Loss) : Loss =
        loss
        |> eachPair "a weight" (fun t ->
            { t with
                Weights = weights :: t.Weights
            })

    // -- the value --

    /// A scalar 0 in the margins' graph, for batches on which a loss says nothing.
    let internal nothing (m: torch.Tensor) : torch.Tensor = (Tensors.times 0.0 m).sum()

    /// Masked pairs get target 0, so that a target that is not a number does no harm, and then do not count.
    let private overPairs (t: LossTerm) pairs (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Targets y) = targets
        let (Margins m) = margins

        let beside (made: Targets -> torch.Tensor) = made(targets).``to``(m.dtype, m.device)

        let weigh (values: torch.Tensor) =
            t.Weights |> List.fold (fun v w -> v * beside w) values

        match t.Masks with
        | [] ->
            let values = pairs targets margins |> weigh
            if t.Summed then values.sum () else values.mean ()
        | masks ->
            let counts =
                (torch.ones_like m, masks)
                ||> List.fold (fun product mask -> product * beside mask)
                |> Tensors.above 0.0

            let isCounted = counts.to_type torch.ScalarType.Bool
            let known = Targets(torch.where (isCounted, y, torch.zeros_like y))

            let total =
                torch.where(isCounted, pairs known margins |> weigh, torch.zeros_like m).sum()

            let count = Tensors.item (counts.sum ())

            if t.Summed || count = 0.0 then
                total
            else
                Tensors.over count total

    let private termValue targets margins (t: LossTerm) : torch.Tensor =
        match t.Form with
        | PerPair pairs -> overPairs t pairs targets margins |> Tensors.times t.Factor
        | PerBatch value -> value targets margins |> Tensors.times t.Factor

    /// The loss of a batch: a scalar, in the margins' graph, on their device. What it makes on the way is disposed.
    /// Throws ArgumentException where the shapes differ; InvalidOperationException for a loss whose counts are not known.
    let value (loss: Loss) (targets: Targets) (margins: Margins) : torch.Tensor =
        let terms = terms loss
        let (Targets y) = targets
        let (Margins m) = margins
        let sizes (t: torch.Tensor) = t.shape |> Seq.map int |> List.ofSeq
        Shape.require (nameof targets) "[B; L]" (sizes m) (sizes y)

        Tensors.scope (fun () ->
            match terms |> List.map (termValue targets margins) with
            | [] -> nothing m
            | terms -> List.reduce Tensors.add terms)
