namespace Limen.Bench

open Limen.Core
open Limen.Kernels

/// Our side of the comparisons of prediction.
[<RequireQualifiedAccess>]
module Prediction =

    /// The 50 best labels of the rows by an untrained network, so many rows at a time: how many rows were answered.
    let private predictAll (data: TrainingRows) size hidden : unit -> int =
        let labels = data.Labels.Columns
        let options = { Hidden = [ hidden ]; Dropout = 0.0 }
        let network = Network.init options data.Features.Columns labels (Seed.ofInt 1)
        let idf, fusion = Jobs.idf data.Labels, Jobs.fusion data.Labels

        let parts =
            [ 0..size .. data.Features.Rows - 1 ]
            |> List.map (fun start ->
                Csr.selectRows [| start .. min data.Features.Rows (start + size) - 1 |] data.Features)

        let none (x: CsrMatrix) =
            CsrMatrix(x.Rows, labels, Array.zeroCreate (x.Rows + 1), [||], [||])

        fun () ->
            parts
            |> List.sumBy (fun x ->
                let margins = ThresholdedNetwork.margins idf fusion network x (none x)
                (Candidates.top 50 labels x.Rows margins).Rows)

    /// Seconds a row.
    let over (data: TrainingRows) size hidden : Job =
        let predict = predictAll data size hidden
        Job.repeated data.Features.Rows (predict >> float)

    let first folder size hidden : Job =
        let data = Inputs.read folder "amazoncat"
        let some (m: CsrMatrix) = Csr.selectRows [| 0..1023 |] m

        over
            {
                Features = some data.Features
                Labels = some data.Labels
                Local = some data.Local
                Weights = None
            }
            size
            hidden

    /// So many predictions, 512 at a time, the same rows again and again: does memory grow?
    let many (data: TrainingRows) hidden (predictions: int) : Job =
        let predict = predictAll data 512 hidden

        let rec go answered =
            if answered < predictions then
                go (answered + predict ())
            else
                answered

        Job.once (fun () -> Outcome.ofCheck (float (go 0)))
