module Limen.Properties.RowWeightsProperties

open System.IO
open Expecto
open FsCheck
open Limen.Core

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 30

/// A svmlight file of so many rows with a file of weights beside it.
let private withWeights (name: string) (rows: int) (lines: string list) (test: string -> 'a) : 'a =
    TemporaryFolder.using (fun folder ->
        let data = Path.Combine(folder, "train.svm")
        Lines.write data (List.replicate rows "0 1:1")
        Lines.write (Path.Combine(folder, name)) lines
        test data)

let private read (data: string) =
    (Svmlight.read Svmlight.defaults data).Weights

let private refused rows lines =
    withWeights "train.svm.weight" rows lines (fun data ->
        Require
            .refusal<DataFormatException>(fun () -> read data |> box)
            .Replace(Path.GetDirectoryName data + string Path.DirectorySeparatorChar, ""))

[<Tests>]
let tests =
    testList
        "RowWeights"
        [
            property
                cases
                "weights survive the file, its cache, and the choice of rows"
                (fun ({ Data = d }: DataCase) (NonNegativeInt n) ->
                    TemporaryFolder.using (fun folder ->
                        let weights = Array.init d.Rows (fun row -> float32 ((row + n) % 7) / 3f)
                        let weighted = Dataset.weighted weights d
                        let path = Path.Combine(folder, "a.svm.gz")
                        Svmlight.write path weighted

                        let parsed () =
                            Svmlight.readCached Beside Svmlight.defaults path

                        let cached _ = weighted

                        let through () =
                            CsrCache.through Beside "weighted" cached path

                        let chosen = [| d.Rows - 1; 0 |]

                        [
                            (Svmlight.read Svmlight.defaults path).Weights
                            (parsed ()).Weights
                            (parsed ()).Weights
                            (through ()).Weights
                            (CsrCache.through Beside "weighted" (fun _ -> failwith "not cached") path).Weights
                        ]
                        |> List.forall ((=) (Some weights))
                        && (Dataset.selectRows chosen weighted).Weights = Some [| weights[d.Rows - 1]; weights[0] |]))

            testTheory
                "they lie beside the file, with or without its packing in the name"
                [ "train.svm.weight"; "train.svm.weight.gz"; "train.svm.weight.bz2" ]
                (fun name ->
                    withWeights name 3 [ "1"; "0"; "2.5e-1\r" ] (fun data ->
                        Require.equal (Some [| 1f; 0f; 0.25f |]) (read data)
                        let packed = data + ".gz"
                        Lines.write packed [ "0 1:1"; "1 1:1"; "2 1:1" ]
                        Require.equal (Some [| 1f; 0f; 0.25f |]) (read packed)))

            testTheory
                "faults are told with the line"
                [
                    [ "1"; "x" ], "train.svm.weight:2:1: expected a weight of 0 to 1000000, found \"x\""
                    [ "-1"; "1" ], "train.svm.weight:1:1: expected a weight of 0 to 1000000, found \"-1\""
                    [ "1"; "NaN" ], "train.svm.weight:2:1: expected a weight of 0 to 1000000, found \"NaN\""
                    [ "1"; "1e60" ], "train.svm.weight:2:1: expected a weight of 0 to 1000000, found \"1e60\""
                    [ "1"; ""; "1" ],
                    "train.svm.weight:2:1: expected a weight of 0 to 1000000, found the end of the line"
                ]
                (fun (lines, expected) -> Require.equal expected (refused 2 lines))

            testCase "there are as many as rows" (fun () ->
                for lines in [ [ "1" ]; [ "1"; "1"; "1" ] ] do
                    let said = refused 2 lines

                    Require.startsWith
                        $"train.svm.weight:{lines.Length}:1: expected 2 weights, one for each row of "
                        said

                    Require.endsWith $", found {lines.Length}" said)

            testCase "they stand in one place" (fun () ->
                withWeights "train.svm.weight" 1 [ "1" ] (fun data ->
                    Lines.write (data + ".weight.gz") [ "1" ]
                    let said = Require.refusal<DataFormatException>(fun () -> read data |> box)
                    Require.contains "expected the weights of rows in one place" said)

                TemporaryFolder.usingFile "a.jsonl" "{\"text\":\"a\",\"labels\":[],\"weight\":2}" (fun path ->
                    Require.equal (Some [| 2f |]) (JsonLines.read path).Weights
                    Lines.write (path + ".weight") [ "2" ]

                    let said =
                        Require.refusal<DataFormatException>(fun () -> JsonLines.read path |> box)

                    Require.contains "expected the weights of rows in one place" said))

            testCase "rows written without weights do not take those of older rows" (fun () ->
                withWeights "train.svm.weight" 1 [ "3" ] (fun data ->
                    let d = Svmlight.read Svmlight.defaults data
                    Require.equal (Some [| 3f |]) d.Weights
                    Svmlight.write data { d with Weights = None }
                    Require.equal None (read data)))

            testCase "weights of another length, negative or not finite, are refused" (fun () ->
                let d = Dataset.create (Csr.empty 2 3) (Csr.empty 2 3)

                for weights in [ [| 1f |]; [| 1f; -1f |]; [| nanf; 1f |]; [| infinityf; 1f |] ] do
                    Require.throws<System.ArgumentException>(fun () -> Dataset.weighted weights d |> box)
                    let rows = LabelledRows.ofNames (Rows.Texts [| "a"; "b" |]) [| [||]; [||] |]
                    Require.throws<System.ArgumentException>(fun () -> LabelledRows.weighted weights rows |> box))
        ]
