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
                if width < 1 then
                    $"hidden layer width: expected at least 1, received {width}"
            if not (o.Dropout >= 0.0 && o.Dropout < 1.0) then
                $"dropout: expected at least 0 and below 1, received {o.Dropout}"
        ]

/// A dense layer: weights [out, in], bias [out].
[<ReferenceEquality>]
type DenseLayer = { Weight: Tensor; Bias: Tensor }

/// A multi-layer perceptron over sparse rows: x [D] → relu(x W + c) [H] → relu(dense) ... → z [L].
/// The output layer has no bias: the threshold's b takes its place (theta = ... + b, z - theta).
[<ReferenceEquality>]
type Network =
    {
        /// W [D, H], first layer.
        Input: Tensor
        /// c [H].
        InputBias: Tensor
        /// Hidden layers after the first.
        Inner: DenseLayer list
        /// [L, H]: a row per label.
        Output: Tensor
    }

    member n.Features = n.Input.Shape[0]
    member n.Labels = n.Output.Shape[0]

/// Which hidden units take part: all (prediction), or a seeded random share, scaled up to keep the mean (training).
type Dropout =
    | KeepAll
    | Drop of share: float * seed: Seed

[<RequireQualifiedAccess>]
module Network =

    let private gaussian (shape: int[]) (deviation: float) (seed: Seed) =
        let t = Tensor.empty shape
        let rows, width = shape[0], int (t.Count / int64 (max 1 shape[0]))

        Workers.For(
            rows,
            fun row ->
                let ofRow = (Tensor.span t).Slice(row * width, width)

                for i in 0 .. width - 1 do
                    ofRow[i] <- float32 deviation * Seed.normal (int64 row * int64 width + int64 i) seed
        )

        t

    /// Random weights: first layer N(0, 1/H), inner layers N(0, 2/in) (He et al. 2015), output N(0, 0.02²).
    let init (options: NetworkOptions) (features: int) (labels: int) (seed: Seed) : Network =
        let first = options.Hidden.Head
        let last = List.last options.Hidden

        let inner =
            options.Hidden
            |> List.pairwise
            |> List.mapi (fun i (inputs, outputs) ->
                {
                    Weight = gaussian [| outputs; inputs |] (sqrt (2.0 / float inputs)) (Seed.derive "inner" i seed)
                    Bias = Tensor.zeros Float32 [| outputs |]
                })

        {
            Input = gaussian [| features; first |] (1.0 / sqrt (float first)) (Seed.derive "input" 0 seed)
            InputBias = Tensor.zeros Float32 [| first |]
            Inner = inner
            Output = gaussian [| labels; last |] 0.02 (Seed.derive "output" 0 seed)
        }

    /// The tensors of a network with a name each, in a fixed order: for saving, copying and optimisers.
    let parameters (n: Network) : (string * Tensor) list =
        [
            "input.weight", n.Input
            "input.bias", n.InputBias
            for i, layer in List.indexed n.Inner do
                $"inner.{i}.weight", layer.Weight
                $"inner.{i}.bias", layer.Bias
            "output.weight", n.Output
        ]

    /// The same network over other tensors: f receives each name and tensor.
    let map (f: string -> Tensor -> Tensor) (n: Network) : Network =
        {
            Input = f "input.weight" n.Input
            InputBias = f "input.bias" n.InputBias
            Inner =
                n.Inner
                |> List.mapi (fun i layer ->
                    {
                        Weight = f $"inner.{i}.weight" layer.Weight
                        Bias = f $"inner.{i}.bias" layer.Bias
                    })
            Output = f "output.weight" n.Output
        }

    /// Frees the tensors; the network must not be used afterwards.
    let dispose (n: Network) : unit =
        for _, t in parameters n do
            (t :> IDisposable).Dispose()

    /// A copy that shares no memory with the original.
    let copy (n: Network) : Network = map (fun _ t -> Tensor.clone t) n

    /// The share of a layer's units to drop, and the key that says which.
    let private dropping (dropout: Dropout) (layer: int) : struct (float32 * uint64) =
        match dropout with
        | KeepAll -> struct (0f, 0UL)
        | Drop(share, seed) ->
            let (Seed key) = Seed.derive "dropout" layer seed
            struct (float32 share, key)

    /// The first hidden units h [B, H] of the chosen rows, straight from the sparse rows: relu(x W + c), and dropout.
    let first (dropout: Dropout) (x: CsrMatrix) (rows: int[]) (n: Network) : Tensor =
        let h = Tensor.empty [| rows.Length; n.InputBias.Shape[0] |]
        SparseLayer.Forward(x, rows, Tensor.span n.Input, Tensor.span n.InputBias, Tensor.span h)
        let struct (share, key) = dropping dropout 0
        ReluDropout.Forward(Tensor.span h, share, key)
        h

    /// Turns the gradient for the first hidden units h [B, H] into that for x W + c, in place.
    let firstBackward (dropout: Dropout) (h: Tensor) (gradient: Tensor) : unit =
        let struct (share, _) = dropping dropout 0
        ReluDropout.Backward(Span.op_Implicit (Tensor.span h), Tensor.span gradient, share)

    /// The last hidden units [B, H] from the first ones: hidden layers with relu and dropout. Differentiable.
    let last (dropout: Dropout) (first: Tensor) (n: Network) : Tensor =
        let drop layer (h: Tensor) =
            match dropping dropout layer with
            | struct (0f, _) -> h
            | struct (share, key) ->
                let mask = Tensor.ones Float32 h.Shape
                ReluDropout.Forward(Tensor.span mask, share, key)
                Tensor.mul h mask

        n.Inner
        |> List.indexed
        |> List.fold
            (fun h (i, layer) ->
                h
                |> Tensor.mm (Tensor.transpose layer.Weight)
                |> Tensor.add layer.Bias
                |> Tensor.relu
                |> drop (i + 1))
            first

    /// Rows whose product the workers share; a product of more is one worker's, and other rows are the others'.
    let private fewRows = 8

    /// z [B, L] of the chosen rows, for prediction: no dropout, no gradients.
    let logits (x: CsrMatrix) (rows: int[]) (n: Network) : Logits =
        Tensor.noGrad (fun () ->
            Tensor.scope (fun () ->
                let h = last KeepAll (first KeepAll x rows n) n

                if rows.Length <= fewRows then
                    let (Logits z) = OutputLayer.logits Precision.Single h n.Output
                    z
                else
                    h |> Tensor.product (Tensor.transpose n.Output))
            |> Logits)
