module Limen.Properties.BatchLossProperties

open System
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private isPairwise (loss: Loss) =
    Loss.terms loss |> List.forall (fun t -> t.Form.IsPerPair)

/// Every loss of the registry, and one in each form that combining gives.
let private losses (data: TrainingRows) =
    Losses.examples (LabelCounts.create data.Labels.Rows (Csr.columnCounts data.Labels))
    @ [
        Losses.paper 0.1 0.1 MarginForm.Symmetric
        Loss.summed (Focal.loss 2.0)
        Loss.mask (fun (Targets y) -> 1.0 - y) (Loss.scale 0.3 Bce.loss)
        Loss.weight (fun (Targets y) -> 0.5 + y) (Focal.loss 2.0)
    ]

/// A loss with its gradients for z [B, L], Offset and Slope [L], of some rows; a row has the same logits wherever it stands.
let private evaluate by (rows: int[]) (data: TrainingRows) =
    let labels = data.Labels.Columns
    let z = Seed.normals (data.Labels.Rows * labels) (Seed.ofInt 2)

    let batch =
        {
            Data = data
            Rows = rows
            Threshold = BatchCases.threshold labels
        }

    let ofRows = rows |> Array.collect (fun row -> Array.sub z (row * labels) labels)

    use z = DenseMatrix.Of(rows.Length, labels, ofRows)
    let g: BatchGradient = by batch z
    g.Loss, Array.chunkBySize (max 1 labels) (g.Logits.ToArray()), g.Offset, g.Slope

let private composed loss rows data =
    evaluate (BatchLoss.composed loss) rows data

let private fused terms rows (data: TrainingRows) =
    evaluate (fun batch -> BatchLoss.fused terms batch (LabelBlock.All data.Labels.Columns)) rows data

/// The composed loss, and the fused one where the kernel knows it.
let private ways (loss: Loss) =
    composed loss :: (FusedTerms.ofLoss loss |> Option.map fused |> Option.toList)

let private near (expected: float, z: float32[][], offset, slope) (received: float, z', offset', slope') =
    let tolerance = { Absolute = 1e-5; Relative = 1e-4 }

    let same what a b =
        Tolerance.require tolerance what (Across.widen a) (Across.widen b)

    Tolerance.require tolerance "loss" [ expected ] [ received ]
    same "z" (Array.concat z) (Array.concat z')
    same "offset" offset offset'
    same "slope" slope slope'

let private weighing (weight: int -> float32) (data: TrainingRows) =
    { data with
        Weights = Some(Array.init data.Labels.Rows weight)
    }

let private all (data: TrainingRows) = [| 0 .. data.Labels.Rows - 1 |]

let private cases = Cases.from [ typeof<BatchArbitraries> ] |> Cases.times 20

[<Tests>]
let tests =
    testList
        "BatchLoss"
        [
            property cases "the fused pass is the composed loss, with weights and without" (fun (c: BatchCase) ->
                for loss in losses c.Data do
                    match FusedTerms.ofLoss loss with
                    | Some terms -> near (composed loss c.Batch c.Data) (fused terms c.Batch c.Data)
                    | None -> ())

            property cases "rows that all have weight 1 are rows without weights, bit for bit" (fun (c: BatchCase) ->
                for loss in losses c.Data |> List.filter isPairwise do
                    for way in ways loss do
                        Require.equal
                            (way c.Batch { c.Data with Weights = None })
                            (way c.Batch (weighing (fun _ -> 1f) c.Data)))

            property cases "a row of weight 2 counts as that row twice" (fun (c: BatchCase) ->
                let rows = all c.Data
                let doubled = rows |> Array.filter (fun row -> row % 2 = 0)

                for loss in losses c.Data |> List.filter isPairwise do
                    for way in ways loss do
                        let value, z, offset, slope =
                            way (Array.append rows doubled) { c.Data with Weights = None }

                        // the gradient for a row's logits is the sum of those of its copies
                        let together =
                            rows
                            |> Array.map (fun row ->
                                match Array.tryFindIndex ((=) row) doubled with
                                | Some copy -> Array.map2 (+) z[row] z[rows.Length + copy]
                                | None -> z[row])

                        c.Data
                        |> weighing (fun row -> if row % 2 = 0 then 2f else 1f)
                        |> way rows
                        |> near (value, together, offset, slope))

            property cases "a row of weight 0 is as absent" (fun (c: BatchCase) ->
                let rows = all c.Data
                let counts row = row % 2 = 0
                let kept = rows |> Array.filter counts

                for loss in losses c.Data |> List.filter isPairwise do
                    for way in ways loss do
                        let value, z, offset, slope =
                            c.Data |> weighing (fun row -> if counts row then 3f else 0f) |> way rows

                        for row in rows do
                            if not (counts row) then
                                Require.isTrue (Array.forall ((=) 0f) z[row])

                        near
                            (way kept (weighing (fun _ -> 3f) c.Data))
                            (value, kept |> Array.map (Array.get z), offset, slope))

            property cases "where no row counts, the loss and its gradients are 0" (fun (c: BatchCase) ->
                for loss in losses c.Data |> List.filter isPairwise do
                    for way in ways loss do
                        let value, z, offset, slope = way c.Batch (weighing (fun _ -> 0f) c.Data)
                        Require.equal 0.0 value
                        Require.isTrue (Seq.forall ((=) 0f) (Seq.concat [ Array.concat z; offset; slope ])))

            testCase "a loss of the whole batch is refused where rows have weights" (fun () ->
                let y = Csr.ofSets 3 [| [| 0 |]; [| 1; 2 |] |]

                let data: TrainingRows =
                    {
                        Features = Csr.empty 2 0
                        Labels = y
                        Local = Csr.empty 2 3
                        Weights = Some [| 1f; 1f |]
                    }

                let ofBatches = losses data |> List.filter (isPairwise >> not)
                Require.isFalse ofBatches.IsEmpty

                for loss in ofBatches do
                    Require.refusal<ConfigurationException>(fun () -> box (composed loss [| 0; 1 |] data))
                    |> Require.contains
                        "loss: expected one that is defined pair by pair, since rows have weights, received ")
        ]
