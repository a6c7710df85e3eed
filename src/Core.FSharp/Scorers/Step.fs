namespace Limen.Core

open System
open Limen.Kernels

/// A value that training met and cannot go on from: which step, which batch, which quantity.
[<Sealed>]
type TrainingDivergedException(step: int, batch: int, what: string) =
    inherit
        Exception(
            $"training stopped at step {step} (batch {batch} of its epoch): {what} is not finite. "
            + "A lower learning rate, or features without huge values, usually helps."
        )

    member _.Step = step
    member _.Batch = batch

/// A parameter with the two moments of AdamW.
[<ReferenceEquality>]
type private Parameter =
    {
        Name: string
        Values: Tensor
        First: float32[]
        Second: float32[]
    }

/// How the output layer [L, H] learns.
[<ReferenceEquality>]
type private OutputLearning =
    /// Every label in every step; the moments [L, 2, H] in 16 bits a number.
    | EveryRow of moments: uint16[]
    /// The batch's shortlist alone.
    | ListedRows of others: int * LazyAdamW

/// Everything that training changes: weights, the threshold's numbers, and the optimiser's moments. It takes the network
/// over: its tensors change with every step and are disposed with the state. One owner, one thread.
[<Sealed>]
type TrainingState(network: Network, fusion: Fusion, idf: float32[], options: TrainingOptions) =

    // only the inner layers learn through torch's graph; the first layer and the output layer have kernels of their own
    let weights =
        network
        |> Network.map (fun name t ->
            if name.StartsWith "inner." then
                use taken = t
                Tensor.keep (Tensor.leaf taken)
            else
                t)

    let optimiser = options.Optimiser

    let parameter (name, values: Tensor) =
        {
            Name = name
            Values = values
            First = Array.zeroCreate (int values.Count)
            Second = Array.zeroCreate (int values.Count)
        }

    let inputBias = parameter ("input.bias", weights.InputBias)

    let inner =
        Network.parameters weights
        |> List.filter (fun (name, _) -> name.StartsWith "inner.")
        |> List.map parameter

    let lazily (w: Tensor) =
        let settings = Optimiser.settings optimiser.LearningRate optimiser
        LazyAdamW(w.Shape[0], w.Shape[1], &settings)

    let input = lazily weights.Input

    let output =
        match options.Labels with
        | LabelSampling.All -> EveryRow(Array.zeroCreate (2 * int weights.Output.Count))
        | LabelSampling.Shortlist others -> ListedRows(others, lazily weights.Output)

    let inputBiasGradient = Array.zeroCreate<float32> weights.InputBias.Shape[0]
    let touched = TouchedRows()
    let signals = SignalParameters.ofFusion fusion
    let bias = Array.copy fusion.Bias

    let momentsOf (values: float32[]) : float32[] * float32[] =
        Array.zeroCreate values.Length, Array.zeroCreate values.Length

    let signalMoments = momentsOf signals
    let biasMoments = momentsOf bias
    let mutable steps = 0

    let update (settings: AdamWSettings) (p: Parameter) (gradient: ReadOnlySpan<float32>) =
        AdamW.Step(Tensor.span p.Values, gradient, p.First.AsSpan(), p.Second.AsSpan(), &settings, steps)

    let updateBlock (settings: AdamWSettings) (moments: uint16[]) (block: LabelBlock) (gradient: Tensor) =
        let width = weights.Output.Shape[1]
        let first, count = block.First * width, block.Count * width

        AdamW.Step(
            (Tensor.span weights.Output).Slice(first, count),
            Span.op_Implicit (Tensor.span gradient),
            moments.AsSpan(2 * first, 2 * count),
            width,
            &settings,
            steps
        )

    let step (settings: AdamWSettings) (values: float32[]) (gradient: float32[]) (first: float32[], second: float32[]) =
        AdamW.Step(values.AsSpan(), ReadOnlySpan gradient, first.AsSpan(), second.AsSpan(), &settings, steps)

    let alphaPrior =
        match options.Alpha with
        | EachLabel strength -> float32 strength
        | OneForAll
        | ByFrequency _ -> 0f

    let withPrior (now: Fusion) (g: FusionGradient) =
        let struct (_, pull) = Alpha.prior alphaPrior now.Alpha

        { g with
            FusionGradient.Alpha = Array.map2 (+) g.Alpha pull
        }

    let requireFinite batch what (values: ReadOnlySpan<float32>) =
        let mutable sum = 0f

        for v in values do
            sum <- sum + abs v

        if not (Single.IsFinite sum) then
            raise (TrainingDivergedException(steps, batch, what))

    let requireFiniteGradient batch (g: BatchGradient) =
        if not (Double.IsFinite g.Loss) then
            raise (TrainingDivergedException(steps, batch, "the loss"))

        requireFinite batch "the gradient of the thresholds' offset" (ReadOnlySpan g.Offset)
        requireFinite batch "the gradient of the thresholds' slope" (ReadOnlySpan g.Slope)

    /// Loss and gradients at the output layer, whose weights are updated on the way.
    let learnOutput data rows line require (settings: AdamWSettings) (h: Tensor) =
        match output with
        | EveryRow moments ->
            OutputLayer.step
                options.Precision
                options.Loss
                data
                rows
                line
                require
                (updateBlock settings moments)
                h
                weights.Output
        | ListedRows(others, adam) ->
            let list =
                Shortlist.ofBatch others (Seed.derive "shortlist" steps options.Seed) data rows

            let update (gradient: Tensor) =
                adam.Step(
                    Tensor.span weights.Output,
                    ReadOnlySpan list.Ids,
                    Span.op_Implicit (Tensor.span gradient),
                    settings.Rate
                )

            adam.CatchUp(Tensor.span weights.Output, ReadOnlySpan list.Ids)
            let terms = Option.get (Loss.fused options.Loss)
            Shortlist.step options.Precision terms line require update h weights.Output list

    /// The gradient for the first hidden units beside what learn gives for the last ones, which are the same where there are no inner layers.
    let throughInner dropout (first: Tensor) (learn: Tensor -> OutputGradient) : OutputGradient * Tensor =
        if weights.Inner.IsEmpty then
            let g = learn first
            g, g.Hidden
        else
            let first = Tensor.leaf first
            let h = Network.last dropout first weights
            let g = learn (Tensor.detach h)
            Tensor.backwardWith g.Hidden h

            match Tensor.grad first with
            | Some gradient -> g, gradient
            | None -> invalidOp "the first layer received no gradient"

    /// The weights as they are now: copy before keeping, and call Flush before reading them.
    member _.Weights = weights

    /// The threshold's numbers as they are now.
    member _.Fusion = fusion |> SignalParameters.toFusion signals (Array.copy bias)

    /// Brings the rows of the first and the last layer that the last steps left alone up to date.
    member _.Flush() =
        input.Flush(Tensor.span weights.Input)

        match output with
        | EveryRow _ -> ()
        | ListedRows(_, adam) -> adam.Flush(Tensor.span weights.Output)

    /// One step: forward, loss, gradients, AdamW. Returns the batch's loss.
    /// Throws TrainingDivergedException before a value that is not finite reaches a weight.
    member this.Step(data: TrainingRows, rows: int[], batch: int, rate: float, dropout: Dropout) : float =
        Tensor.using (fun () ->
            let fusionNow = this.Fusion
            let line = ThresholdLine.ofFusion idf fusionNow
            steps <- steps + 1
            touched.Gather(data.Features, rows)
            input.CatchUp(Tensor.span weights.Input, touched.Ids)
            let first = Network.first dropout data.Features rows weights
            let settings = Optimiser.settings rate optimiser

            let learn (h: Tensor) =
                learnOutput data rows line (requireFiniteGradient batch) settings h

            let g, gradient = throughInner dropout first learn
            Network.firstBackward dropout first gradient
            requireFinite batch "the gradient of the first layer" (Span.op_Implicit (Tensor.span gradient))
            input.Step(Tensor.span weights.Input, touched, Span.op_Implicit (Tensor.span gradient), float32 rate)
            SparseLayer.BackwardBias(Span.op_Implicit (Tensor.span gradient), inputBiasGradient.AsSpan())
            update settings inputBias (ReadOnlySpan inputBiasGradient)

            for p in inner do
                match Tensor.grad p.Values with
                | Some g ->
                    update settings p (Span.op_Implicit (Tensor.span g))
                    Tensor.zeroGrad p.Values
                | None -> ()

            let signalGradient, biasGradient =
                Fusion.gradient idf g.Offset g.Slope fusionNow
                |> withPrior fusionNow
                |> SignalParameters.gradient fusionNow

            let fast =
                Optimiser.settings (rate * options.FusionRate) { optimiser with WeightDecay = 0.0 }

            step fast signals signalGradient signalMoments
            step settings bias biasGradient biasMoments
            g.Loss)

    interface IDisposable with
        member _.Dispose() = Network.dispose weights
