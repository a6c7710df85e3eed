namespace Limen.Bench

open System
open Limen.Core
open Limen.Kernels

/// Our side of the comparisons of training steps, and what a step is made of.
[<RequireQualifiedAccess>]
module Steps =

    /// The products of a step alone, a block of labels at a time as the output layer makes them: z = h W', dh = dz W, dW = dz' h,
    /// with so large a share of h other than 0.
    let products rows hidden labels (share: float) : Job =
        let noise rows columns =
            DenseMatrix.Of(rows, columns, Seed.normals (rows * columns) (Seed.ofInt 3))

        let h = noise rows hidden
        let w = noise labels hidden
        let active = Seed.ofInt 5

        for i in 0 .. rows * hidden - 1 do
            if Seed.uniform (int64 i) active >= share then
                h.Span[i] <- 0f

        let blocks =
            OutputLayer.blocks labels
            |> Array.map (fun block -> block, noise rows block.Count, DenseMatrix.Zeros(rows, hidden))

        let ofBlock units (block: LabelBlock, dz: DenseMatrix, dh: DenseMatrix) =
            use products = new BlockProducts(units, w, block)
            products.Logits().Dispose()
            products.AddHiddenGradient(dz, dh)
            products.WeightGradient(dz).Dispose()

        Job.repeated 1 (fun () ->
            use units = HiddenUnits.ofMatrix h
            Workers.For(blocks.Length, (fun i -> ofBlock units blocks[i]))
            float blocks.Length)

    let private steps = 3

    /// Of the trainings and the steps here, but where the authors have one of their own.
    let dropout = 0.4

    /// Passes over the rows before steps are measured: rows of the first layer get their moments when a batch first touches them, and
    /// in the first hundred steps of a training nearly all hidden units become active, of which later ones need half.
    let private passes = 4

    /// A network in training on given rows, and its next step, which gives the loss.
    let private training sampling (data: TrainingRows) size hidden dropout : TrainingState * (unit -> float) =
        let labels = data.Labels.Columns
        let seed = Seed.ofInt 1

        let shape =
            {
                Hidden = [ hidden ]
                Dropout = dropout
            }

        let network = Network.init shape data.Features.Columns labels seed

        let options =
            { TrainingOptions.defaults with
                Optimiser =
                    {
                        LearningRate = 1e-3
                        WeightDecay = 0.0
                        Schedule = Constant
                    }
                FusionRate = 1.0
                Loss = Jobs.paper
                Labels = sampling
            }

        let start =
            {
                Network = network
                Dropout = dropout
                Fusion = Jobs.fusion data.Labels
                Idf = Jobs.idf data.Labels
            }

        let state = new TrainingState(start, options)

        let mutable at = 0

        let step () =
            let start = at * size % data.Features.Rows
            at <- at + 1
            let rows = Array.init (min size (data.Features.Rows - start)) ((+) start)
            let drop = Drop(dropout, Seed.derive "dropout" at seed)
            state.Step(data, rows, at, options.Optimiser.LearningRate, drop)

        for _ in 1 .. passes * ((data.Features.Rows + size - 1) / size) do
            step () |> ignore

        state, step

    /// Training steps on given rows.
    let stepOver sampling (data: TrainingRows) size hidden dropout : Job =
        let _, step = training sampling data size hidden dropout
        Job.repeated steps (fun () -> Seq.init steps (fun _ -> step ()) |> Seq.last)

    let step folder size hidden dropout : Job =
        stepOver LabelSampling.All (Inputs.read folder "amazoncat") size hidden dropout

    /// The same steps; what is reported is the share of hidden units that are not 0 after them.
    let activeShare folder size hidden dropout : Job =
        let data = Inputs.read folder "amazoncat"

        let state, step = training LabelSampling.All data size hidden dropout

        let share () =
            state.Flush()
            let drop = Drop(dropout, Seed.ofInt 2)
            use h = Network.first drop data.Features [| 0 .. size - 1 |] state.Weights
            use units = ActiveUnits.Gather(Span.op_Implicit h.Span, hidden)
            units.Share

        Job.repeated steps (fun () ->
            for _ in 1..steps do
                step () |> ignore

            share ())
