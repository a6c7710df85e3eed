module Limen.Properties.SoftTopKProperties

open Expecto
open FsCheck
open Limen.Core

let private sigmoid (z: float) = 1.0 / (1.0 + exp -z)

let private scoresOf (values: int list) =
    values
    |> List.map (fun v -> float32 (v % 100) / 10f)
    |> List.sortDescending
    |> List.toArray

[<Tests>]
let tests =
    testList
        "SoftTopK"
        [
            property Cases.any "at the threshold the soft counts sum to k" (fun (values: int list) (PositiveInt k) ->
                let scores = scoresOf values
                let k = float k / 7.0

                float scores.Length <= k
                || [ 0.5; 2.0 ]
                   |> List.forall (fun a ->
                       let t = float (SoftTopK.threshold k a scores)
                       let sum = scores |> Array.sumBy (fun z -> sigmoid (a * (float z - t)))
                       // the threshold is rounded to single precision
                       Tolerance.close { Absolute = 1e-4; Relative = 1e-4 } k sum))

            testCase "so they do where k is just below the number of scores" (fun () ->
                for scores in [ [| 1f |]; [| 2f; 1f |] ] do
                    for below in [ 0.5; 0.14; 0.01 ] do
                        let k = float scores.Length - below
                        let t = float (SoftTopK.threshold k 0.5 scores)
                        Require.near 1e-4 k (scores |> Array.sumBy (fun z -> sigmoid (0.5 * (float z - t)))))

            property Cases.any "shifting a row's scores shifts its threshold" (fun (values: int list) ->
                let scores = scoresOf values

                scores.Length <= 3
                || Tolerance.close
                    { Absolute = 1e-4; Relative = 1e-4 }
                    (float (SoftTopK.threshold 3.0 2.0 scores) + 5.0)
                    (float (SoftTopK.threshold 3.0 2.0 (scores |> Array.map ((+) 5f)))))

            testCase "clear scores give the k best, fewer scores than k all of them" (fun () ->
                let decided k (scores: float32 list) =
                    let t = SoftTopK.threshold k 20.0 (Array.ofList scores)
                    scores |> List.filter (fun z -> z > t) |> List.length

                Require.equal 2 (decided 2.0 [ 5f; 4f; -4f; -5f ])
                Require.equal 3 (decided 3.0 [ 5f; 4f; 3f; -5f; -6f ])
                Require.equal 2 (decided 3.0 [ 1f; 0f ])
                Require.equal 0f (SoftTopK.threshold 3.0 2.0 [||]))
        ]
