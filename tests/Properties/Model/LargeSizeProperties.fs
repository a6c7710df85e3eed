module Limen.Properties.LargeSizeProperties

open System
open System.Buffers.Binary
open System.IO
open System.Text
open System.Threading
open Expecto
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// Labels, of every magnitude.
type LabelCount = { Labels: int }

type LargeSizeArbitraries =
    static member Labels() =
        gen {
            let! bits = Gen.choose (0, 31)
            let! any = Gen.choose (0, Int32.MaxValue)

            return
                {
                    Labels = max 1 (int (uint32 any &&& uint32 ((1L <<< bits) - 1L)))
                }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<LargeSizeArbitraries> ]

/// As many rows as columns, so that 32 bits do not hold the product: it wraps to 0.
let private side = 1 <<< 16

let private refused (action: unit -> 'a) =
    Require.refusal<ArgumentException>(fun () -> box (action ()))
    |> Require.startsWith $"expected 0 to {Array.MaxLength} numbers, received"

let private trained (batchSize: int option) =
    let rows = SmallProblem.dataset 20 1

    let train: TrainingRows =
        {
            Features = rows.Features
            Labels = rows.Labels
            Local = Csr.empty rows.Rows SmallProblem.labels
            Weights = None
        }

    let idf: float32[] = Array.zeroCreate SmallProblem.labels

    let network =
        Network.init SmallProblem.network SmallProblem.features SmallProblem.labels (Seed.ofInt 1)

    Training.fit
        { SmallProblem.training with
            Epochs = 2
            BatchSize = batchSize
        }
        {
            Network = network
            Dropout = 0.0
            Fusion = Fusion.zero (Shared 0f) SmallProblem.labels
            Idf = idf
        }
        train
        None
        ignore
        WhenCancelled.Throw
        Checkpoint.none
        CancellationToken.None

[<Tests>]
let tests =
    testList
        "Large sizes"
        [
            property cases "blocks of any number of labels follow each other, in whole strips" (fun (c: LabelCount) ->
                let blocks = OutputLayer.blocks c.Labels
                Require.equal c.Labels (Array.last blocks |> fun b -> b.First + b.Count)
                Require.equal 0 blocks[0].First

                Require.isTrue (
                    Array.pairwise blocks
                    |> Array.forall (fun (a, b) -> a.Count > 0 && a.First + a.Count = b.First && b.First % 128 = 0)
                ))

            testCase "rows chosen so often that no array holds their entries are refused" (fun () ->
                let row = Csr.ofRows side [| Array.init side (fun c -> struct (c, 1f)) |]
                refused (fun () -> Csr.selectRows (Array.zeroCreate side) row))

            testCase "measurements that no array holds are refused" (fun () ->
                let x = Csr.empty side side
                refused (fun () -> Scaling.apply (Scaling.fit Scaling.Standardised x) x))

            testCase "bins of votes that no array holds are refused" (fun () ->
                for k in [ side - 1; Int32.MaxValue ] do
                    refused (fun () -> MlKnn.fit { K = k; Smoothing = 1.0 } None (Csr.empty 1 1) (Csr.empty 1 side)))

            testCase "a batch larger than all rows is all rows" (fun () ->
                let expected, received = trained (Some 20), trained (Some Int32.MaxValue)
                Require.equal (expected.Network.Output.ToArray()) (received.Network.Output.ToArray())
                Require.notEqual 0.0 received.History.Head.Loss)

            testTheory
                "a stored array whose shape no array holds, or whose place is before the file's first, is damaged"
                [
                    "1073741824,1073741824,16", 0L, 0L, "expected at most 2147483591 numbers"
                    "-1,-1", 0L, 4L, "expected a whole number from 0, found -1"
                    "1", -4L, 0L, "expected a whole number from 0, found -4"
                ]
                (fun (shape, first, last, fault) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "arrays")

                        let header =
                            $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[{shape}],\"data_offsets\":[{first},{last}]}}}}"
                            |> Encoding.UTF8.GetBytes

                        let length = Array.zeroCreate<byte> 8
                        BinaryPrimitives.WriteInt64LittleEndian(length, int64 header.Length)
                        File.WriteAllBytes(path, Array.concat [ length; header; Array.zeroCreate 4 ])

                        Require.refusal<ModelFormatException>(fun () -> box (Safetensors.read path))
                        |> Require.contains fault))
        ]
