namespace Limen.Core

open System
open System.Runtime.InteropServices
open Limen
open Limen.Kernels

/// How the output layer [L, H] learns.
[<ReferenceEquality>]
type private OutputLearning =
    /// Every label in every step; the moments [L, 2, H] in 16 bits a number.
    | EveryRow of moments: uint16[]
    /// The batch's shortlist alone.
    | ListedRows of others: int * LazyAdamW

/// Everything that training changes: weights, the threshold's numbers, and the optimiser's moments. It takes the network
/// over: its weights change with every step and are disposed with the state. One owner, one thread.
[<Sealed>]
type TrainingState(start: UntrainedNetwork, options: TrainingOptions) =

    let network, fusion, idf = start.Network, start.Fusion, start.Idf
    let optimiser = options.Optimiser
    let inputBias = Moments.zero network.InputBias.Length

    let inner =
        network.Inner
        |> List.map (fun layer -> Moments.zero layer.Weight.Span.Length, Moments.zero layer.Bias.Length)

    let lazily (w: DenseMatrix) =
        let settings = Optimiser.settings optimiser.LearningRate optimiser
        LazyAdamW(w.Rows, w.Columns, &settings)

    let input = lazily network.Input

    let output =
        match options.Labels with
        | LabelSampling.All ->
            EveryRow(Array.zeroCreate (Shapes.Length(2L, int64 network.Output.Span.Length, nameof network)))
        | LabelSampling.Shortlist others -> ListedRows(others, lazily network.Output)

    let inputBiasGradient = Array.zeroCreate<float32> network.InputBias.Length
    let touched = TouchedRows()
    let signals = SignalParameters.ofFusion fusion
    let bias = Array.copy fusion.Bias

    let signalMoments = Moments.zero signals.Length
    let biasMoments = Moments.zero bias.Length
    let mutable steps = 0

    let update (settings: AdamWSettings) (m: Moments) (gradient: ReadOnlySpan<float32>) (values: Span<float32>) =
        AdamW.Step(values, gradient, m.First.AsSpan(), m.Second.AsSpan(), &settings, steps)

    let updateBlock (settings: AdamWSettings) (moments: uint16[]) (block: LabelBlock) (gradient: DenseMatrix) =
        let width = network.Output.Columns

        AdamW.Step(
            network.Output.RowSpan(block.First, block.Count),
            Span.op_Implicit gradient.Span,
            moments.AsSpan(2 * block.First * width, 2 * block.Count * width),
            width,
            &settings,
            steps
        )

    let alphaPrior =
        match options.Alpha with
        | Own strength -> float32 strength
        | Common
        | Buckets _ -> 0f

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
    let learnOutput batch require (settings: AdamWSettings) (h: DenseMatrix) =
        match output with
        | EveryRow moments ->
            OutputLayer.step options.Loss batch require (updateBlock settings moments) h network.Output
        | ListedRows(others, adam) ->
            let list =
                Shortlist.ofBatch others (Seed.derive "shortlist" steps options.Seed) batch

            let update (gradient: DenseMatrix) =
                adam.Step(network.Output.Span, ReadOnlySpan list.Ids, Span.op_Implicit gradient.Span, settings.Rate)

            adam.CatchUp(network.Output.Span, ReadOnlySpan list.Ids)
            let terms = Option.get (FusedTerms.ofLoss options.Loss)
            Shortlist.step terms require update h network.Output list

    let learnInner settings (gradients: DenseLayer list) =
        for layer, (weight, bias), gradient in List.zip3 network.Inner inner gradients do
            update settings weight (Span.op_Implicit gradient.Weight.Span) layer.Weight.Span
            update settings bias (ReadOnlySpan gradient.Bias) (layer.Bias.AsSpan())
            gradient.Weight.Dispose()

    let learnThreshold settings rate (now: Fusion) (g: OutputGradient) =
        let signalGradient, biasGradient =
            Fusion.gradient idf g.Offset g.Slope now
            |> withPrior now
            |> SignalParameters.gradient now

        let fast =
            Optimiser.settings (rate * options.FusionRate) { optimiser with WeightDecay = 0.0 }

        update fast signalMoments (ReadOnlySpan signalGradient) (signals.AsSpan())
        update settings biasMoments (ReadOnlySpan biasGradient) (bias.AsSpan())

    /// The weights as they are now: copy before keeping, and call Flush before reading them.
    member _.Weights = network

    /// The threshold's numbers as they are now.
    member _.Fusion = fusion |> SignalParameters.toFusion signals (Array.copy bias)

    /// Brings the rows of the first and the last layer that the last steps left alone up to date.
    member _.Flush() =
        input.Flush network.Input.Span

        match output with
        | EveryRow _ -> ()
        | ListedRows(_, adam) -> adam.Flush network.Output.Span

    /// Every dense moment, in the order in which they are kept.
    member private _.DenseMoments: Moments list =
        [
            inputBias
            for weight, ofBias in inner do
                weight
                ofBias
            signalMoments
            biasMoments
        ]

    /// The state as a value, which shares the memory of the network and the dense moments: it holds until the next step.
    member this.Keep() : KeptTraining =
        {
            Network = network
            Signals = signals
            Bias = bias
            Moments = this.DenseMoments |> List.map (fun m -> m.First, m.Second)
            Input = input.Keep()
            Listed =
                match output with
                | EveryRow _ -> None
                | ListedRows(_, adam) -> Some(adam.Keep())
            Output =
                match output with
                | EveryRow moments -> MemoryMarshal.Cast<uint16, int>(ReadOnlySpan moments).ToArray()
                | ListedRows _ -> [||]
            Steps = steps
        }

    /// Goes on from a kept state. Throws ArgumentException where it is of another start or other options.
    member this.Restore(kept: KeptTraining) : unit =
        kept.Network |> Network.copyTo network
        kept.Signals.CopyTo(signals, 0)
        kept.Bias.CopyTo(bias, 0)

        for m, (first, second) in List.zip this.DenseMoments kept.Moments do
            first.CopyTo(m.First, 0)
            second.CopyTo(m.Second, 0)

        input.Restore kept.Input

        match output, kept.Listed with
        | ListedRows(_, adam), Some ofRows -> adam.Restore ofRows
        | EveryRow moments, _ -> MemoryMarshal.Cast<int, uint16>(ReadOnlySpan kept.Output).CopyTo(Span moments)
        | ListedRows _, None -> invalidArg (nameof kept) "expected the moments of listed rows, received none"

        steps <- kept.Steps

    /// One step: forward, loss, gradients, AdamW. Returns the batch's loss.
    /// Throws TrainingDivergedException before a value that is not finite reaches a weight.
    member this.Step(data: TrainingRows, rows: int[], batch: int, rate: float, dropout: Dropout) : float =
        let fusionNow = this.Fusion

        let learned =
            {
                Data = data
                Rows = rows
                Threshold = AffineThreshold.ofFusion idf fusionNow
            }

        steps <- steps + 1
        touched.Gather(data.Features, rows)
        input.CatchUp(network.Input.Span, touched.Ids)
        let settings = Optimiser.settings rate optimiser
        let first = Network.first dropout data.Features rows network
        let units = Network.hidden dropout first network

        let g =
            List.last units |> learnOutput learned (requireFiniteGradient batch) settings

        let ofInner, gradient = Network.hiddenBackward dropout units g.Hidden network
        Network.firstBackward dropout first gradient
        requireFinite batch "the gradient of the first layer" (Span.op_Implicit gradient.Span)
        input.Step(network.Input.Span, touched, Span.op_Implicit gradient.Span, float32 rate)
        SparseLayer.BackwardBias(Span.op_Implicit gradient.Span, inputBiasGradient.AsSpan())
        update settings inputBias (ReadOnlySpan inputBiasGradient) (network.InputBias.AsSpan())
        learnInner settings ofInner
        gradient.Dispose()

        for h in units do
            h.Dispose()

        learnThreshold settings rate fusionNow g
        g.Loss

    interface IDisposable with
        member _.Dispose() = Network.dispose network
