namespace Limen.Core

open System
open Limen.Kernels

/// The shape of a network: the widths of its hidden layers (one to three) and the share of hidden units dropped in training.
type NetworkOptions = { Hidden: int list; Dropout: float }

[<RequireQualifiedAccess>]
module NetworkOptions =
    let defaults = { Hidden = [ 512 ]; Dropout = 0.4 }

    let faults (o: NetworkOptions) =
        [
            if o.Hidden.Length < 1 || o.Hidden.Length > 3 then
                $"hidden layers: expected one to three, received {o.Hidden.Length}"
            for width in o.Hidden do
                yield! Limits.whole "hidden layer width" (1, Limits.units) width
            if not (o.Dropout >= 0.0 && o.Dropout < 1.0) then
                $"dropout: expected at least 0 and below 1, received {o.Dropout}"
        ]

/// A dense layer: weights [out, in], bias [out].
[<ReferenceEquality>]
type DenseLayer =
    { Weight: DenseMatrix; Bias: float32[] }

/// A multi-layer perceptron over sparse rows: x [D] → relu(x W + c) [H] → relu(dense) ... → z [L].
/// The output layer has no bias: the threshold's b takes its place (theta = ... + b, z - theta).
[<ReferenceEquality>]
type Network =
    {
        /// W [D, H], first layer.
        Input: DenseMatrix
        /// c [H].
        InputBias: float32[]
        /// Hidden layers after the first.
        Inner: DenseLayer list
        /// [L, H]: a row per label.
        Output: DenseMatrix
    }

    member n.Features = n.Input.Rows
    member n.Labels = n.Output.Rows

/// Which hidden units take part: all (prediction), or a seeded random share, scaled up to keep the mean (training).
type Dropout =
    | KeepAll
    | Drop of share: float * seed: Seed

[<RequireQualifiedAccess>]
module Network =

    let private gaussian rows columns (deviation: float) (seed: Seed) =
        let m = new DenseMatrix(rows, columns)

        Workers.For(
            rows,
            fun row ->
                let ofRow = m.Row row

                for i in 0 .. columns - 1 do
                    ofRow[i] <- float32 deviation * Seed.normal (int64 row * int64 columns + int64 i) seed
        )

        m

    /// Random weights: first layer N(0, 1/H), inner layers N(0, 2/in) (He et al. 2015), output N(0, 0.02²).
    let init (options: NetworkOptions) (features: int) (labels: int) (seed: Seed) : Network =
        let first = options.Hidden.Head
        let last = List.last options.Hidden

        let inner =
            options.Hidden
            |> List.pairwise
            |> List.mapi (fun i (inputs, outputs) ->
                {
                    Weight = gaussian outputs inputs (sqrt (2.0 / float inputs)) (Seed.derive "inner" i seed)
                    Bias = Array.zeroCreate outputs
                })

        {
            Input = gaussian features first (1.0 / sqrt (float first)) (Seed.derive "input" 0 seed)
            InputBias = Array.zeroCreate first
            Inner = inner
            Output = gaussian labels last 0.02 (Seed.derive "output" 0 seed)
        }

    let private matrices (n: Network) : DenseMatrix list =
        [ n.Input; yield! n.Inner |> List.map _.Weight; n.Output ]

    /// Gives the memory back early; the network must not be used afterwards.
    let dispose (n: Network) : unit =
        for m in matrices n do
            m.Dispose()

    /// What is wrong with a network of a model of these sizes (Stored).
    let internal unfit (sizes: Sizes) (n: Network) : string list =
        let first = n.InputBias.Length
        let widths = first :: (n.Inner |> List.map _.Bias.Length)

        [
            yield! Unfit.unless (List.min widths > 0) "hidden layers: expected at least one unit in each, found none"
            yield! Unfit.dense "first layer" (sizes.FeatureCount, first) n.Input
            yield! Unfit.finite "bias of the first layer" first n.InputBias
            for before, layer in List.zip (List.take n.Inner.Length widths) n.Inner do
                yield! Unfit.dense "hidden layer" (layer.Bias.Length, before) layer.Weight
                yield! Unfit.finite "bias of a hidden layer" layer.Bias.Length layer.Bias
            yield! Unfit.dense "output layer" (sizes.LabelCount, List.last widths) n.Output
        ]

    /// A copy that shares no memory with the original.
    let copy (n: Network) : Network =
        {
            Input = n.Input.Copy()
            InputBias = Array.copy n.InputBias
            Inner =
                n.Inner
                |> List.map (fun layer ->
                    {
                        Weight = layer.Weight.Copy()
                        Bias = Array.copy layer.Bias
                    })
            Output = n.Output.Copy()
        }

    /// Overwrites the weights of a network of the same shape.
    let copyTo (target: Network) (n: Network) : unit =
        for from, into in List.zip (matrices n) (matrices target) do
            from.Span.CopyTo into.Span

        n.InputBias.CopyTo(target.InputBias, 0)

        for from, into in List.zip n.Inner target.Inner do
            from.Bias.CopyTo(into.Bias, 0)

    /// The share of a layer's units to drop, and the key that says which.
    let private dropping (dropout: Dropout) (layer: int) : struct (float32 * uint64) =
        match dropout with
        | KeepAll -> struct (0f, 0UL)
        | Drop(share, seed) ->
            let (Seed key) = Seed.derive "dropout" layer seed
            struct (float32 share, key)

    /// relu and dropout in place.
    let private activate dropout layer (h: DenseMatrix) =
        let struct (share, key) = dropping dropout layer
        ReluDropout.Forward(h.Span, share, key)
        h

    /// Turns the gradient for activated units into that for what they were activated from, in place.
    let private activateBackward dropout (activated: DenseMatrix) (gradient: DenseMatrix) =
        let struct (share, _) = dropping dropout 0
        ReluDropout.Backward(Span.op_Implicit activated.Span, gradient.Span, share)

    /// The first hidden units h [B, H] of the chosen rows, straight from the sparse rows: relu(x W + c), and dropout.
    let first (dropout: Dropout) (x: CsrMatrix) (rows: int[]) (n: Network) : DenseMatrix =
        let h = new DenseMatrix(rows.Length, n.InputBias.Length)
        SparseLayer.Forward(x, rows, n.Input.Span, n.InputBias, h.Span)
        activate dropout 0 h

    /// Turns the gradient for the first hidden units h [B, H] into that for x W + c, in place.
    let firstBackward (dropout: Dropout) (h: DenseMatrix) (gradient: DenseMatrix) : unit =
        activateBackward dropout h gradient

    /// The units that a hidden layer after the first (counted from 1) makes of the ones before it: relu(h W' + c), and dropout.
    let private next dropout (h: DenseMatrix) (layer: int, dense: DenseLayer) =
        let z = new DenseMatrix(h.Rows, dense.Weight.Rows)
        DenseProducts.MultiplyTransposed(h.Factor(), dense.Weight.Factor(), z.Product())

        for row in 0 .. h.Rows - 1 do
            VectorMath.AddTo(ReadOnlySpan dense.Bias, z.Row row)

        activate dropout layer z

    /// The hidden units [B, H] of every layer, from the first ones on; the last ones end the list.
    let hidden (dropout: Dropout) (first: DenseMatrix) (n: Network) : DenseMatrix list =
        (first, List.indexed n.Inner |> List.map (fun (i, layer) -> i + 1, layer))
        ||> List.scan (next dropout)

    /// The gradients of a hidden layer: of its weights and bias, and for the units before it. gradient, for its units, is used up.
    let private layerBackward
        dropout
        (before: DenseMatrix)
        (after: DenseMatrix)
        (layer: DenseLayer)
        (gradient: DenseMatrix)
        =
        activateBackward dropout after gradient
        let weight = new DenseMatrix(layer.Weight.Rows, layer.Weight.Columns)
        let bias: float32[] = Array.zeroCreate layer.Bias.Length
        let input = DenseMatrix.Zeros(before.Rows, before.Columns)
        DenseProducts.TransposeMultiply(gradient.Factor(), before.Factor(), weight.Product())
        SparseLayer.BackwardBias(Span.op_Implicit gradient.Span, bias.AsSpan())
        DenseProducts.AddProduct(gradient.Factor(), layer.Weight.Factor(), input.Product())
        gradient.Dispose()
        { Weight = weight; Bias = bias }, input

    /// From the gradient for the last hidden units, which is used up, the gradients of the layers after the first and that for the first hidden units.
    /// units are what `hidden` gave.
    let hiddenBackward
        (dropout: Dropout)
        (units: DenseMatrix list)
        (gradient: DenseMatrix)
        (n: Network)
        : DenseLayer list * DenseMatrix =
        (List.zip (List.pairwise units) n.Inner, gradient)
        ||> List.mapFoldBack (fun ((before, after), layer) g -> layerBackward dropout before after layer g)

    /// z [B, L] of the chosen rows, for prediction: no dropout. A row's logits do not depend on the other rows.
    let logits (x: CsrMatrix) (rows: int[]) (n: Network) : DenseMatrix =
        let units = hidden KeepAll (first KeepAll x rows n) n
        let z = OutputLayer.logits (List.last units) n.Output

        for h in units do
            h.Dispose()

        // disposed meanwhile, the weights may have become others' numbers: this throws then
        for m in matrices n do
            m.Span.Length |> ignore

        z
