/// Features and labels that no row has cost nothing, however large their ids are.
module Limen.Properties.KnownFeaturesProperties

open System
open System.IO
open System.Threading
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// Column c among more, further apart and no longer beside each other.
let private spread (stride: int) (m: CsrMatrix) : CsrMatrix =
    CsrMatrix(m.Rows, m.Columns * stride + 1, m.RowStart, Array.map ((*) stride) m.Indices, m.Values)

let private entries (m: CsrMatrix) =
    m.Columns, List.init m.Rows (fun r -> List.ofArray (Csr.row r m))

let private cases = Cases.from [ typeof<Arbitraries> ]

/// Nine rows of an svmlight file with features 0 to 19, of which one is called otherwise.
let private nine (called: string) : string list =
    [
        for r in 0..8 do
            let features =
                [
                    for f in 0..19 do
                        if (f * 7 + r * 3) % 4 > 0 then
                            $"{f}:{float (f + r) / 8.0}"
                ]

            let last = if r = 4 then $" {called}:1" else ""
            $"""{r % 3} {String.Join(" ", features)}{last}"""
    ]

let private model (rows: LabelledRows) : Model =
    Pipeline.fit
        { ModelOptions.defaults with
            Scorers = [ Linear.scorer LinearOptions.standard ]
        }
        [ VectoriserOptions() ]
        FeatureKind.Automatic
        rows
        None
        ignore
        CancellationToken.None

let private read (lines: string list) : LabelledRows =
    TemporaryFolder.using (fun folder ->
        let path = Path.Combine(folder, "a.svm")
        File.WriteAllLines(path, lines)
        InputFormats.read None path)

let private said (action: unit -> obj) =
    Require.refusal<ArgumentException> action

[<Tests>]
let tests =
    testList
        "KnownFeatures"
        [
            property
                cases
                "what rows become does not depend on features that none has"
                (fun ({ Data = d }: DataCase) (PositiveInt stride) ->
                    let far = spread stride d.Features

                    let fit x =
                        InputSpace.fit [ VectoriserOptions() ] FeatureKind.Values (Rows.Features x)

                    entries (InputSpace.apply (fit far) (Rows.Features far)) =
                        entries (InputSpace.apply (fit d.Features) (Rows.Features d.Features)))

            property cases "chosen columns keep their entries, in their order" (fun ({ Data = d }: DataCase) ->
                let some = Csr.selectRows [| 0 |] d.Features
                let choice = ColumnChoice.ofEntries some
                let chosen = ColumnChoice.apply choice d.Features

                choice.Ids = Csr.set 0 some
                && chosen.Columns = choice.Ids.Length
                && List.forall
                    (fun r ->
                        choice.Ids
                        |> Seq.indexed
                        |> Seq.forall (fun (k, c) -> Csr.item r c d.Features = Csr.item r k chosen))
                    [ 0 .. d.Rows - 1 ])

            testCase "a model of features with large ids is that of small ones, saved too" (fun () ->
                let near, far = read (nine "20"), read (nine "268435454")
                let ofNear, ofFar = model near, model far

                let scores rows (model: Model) =
                    let (Scores scores) = Model.scores (Model.features rows model) model
                    entries scores

                Require.equal (scores near.Rows ofNear) (scores far.Rows ofFar)

                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "model")
                    Store.save path ofFar
                    Require.equal (scores far.Rows ofFar) (scores far.Rows (Store.load path))))

            testCase "a feature that no training row has means nothing to a model" (fun () ->
                let model = model (read (nine "1000"))

                let row features =
                    Rows.Features(Csr.ofRows 1001 [| Array.map (fun f -> struct (f, 1f)) features |])

                Require.equal
                    (entries (Model.features (row [| 3; 7 |]) model))
                    (entries (Model.features (row [| 3; 7; 500 |]) model)))

            testCase "a matrix of a thousand million columns takes memory by its entries" (fun () ->
                let far =
                    Csr.ofRows 1_000_000_000 [| [| struct (3, 1f); struct (999_999_999, 2f) |]; [| struct (3, 4f) |] |]

                let before = GC.GetAllocatedBytesForCurrentThread()
                let choice = ColumnChoice.ofEntries far
                Require.equal [| 3; 999_999_999 |] choice.Ids

                Require.equal
                    (2, [ [ struct (0, 1f); struct (1, 2f) ]; [ struct (0, 4f) ] ])
                    (entries (ColumnChoice.apply choice far))

                Require.below 1_000_000L (GC.GetAllocatedBytesForCurrentThread() - before))

            testCase "labels are those that rows have, named by their ids" (fun () ->
                let rows = read [ "7,2000007 0:1"; "100000000 0:1"; " 1:1"; "8 1:1" ]
                Require.equal [ "7"; "8"; "2000007"; "100000000" ] (List.ofSeq rows.Space.Names)

                Require.equal
                    [ [| 0; 2 |]; [| 3 |]; [||]; [| 1 |] ]
                    (List.init 4 (fun r -> Csr.set r rows.Truth.Matrix)))

            testCase "labels of several files are one space, those of labels.txt stand at their places" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let write name (lines: string list) =
                        File.WriteAllLines(Path.Combine(folder, name), lines)

                    write "train.svm" [ "5 0:1"; "3 1:1" ]
                    write "dev.svm" [ "9 0:1" ]
                    write "test.svm" [ "1,5 0:1" ]
                    let folderRows = (Folder.read Folder.defaults folder).Rows
                    Require.equal [ "3"; "5"; "9" ] (List.ofSeq folderRows.Train.Space.Names)
                    Require.equal [ "3"; "5"; "9"; "1" ] (List.ofSeq folderRows.Test.Value.Space.Names)
                    Require.equal [| 1; 3 |] (Csr.set 0 folderRows.Test.Value.Truth.Matrix)
                    write "labels.txt" [ for l in 0..9 -> $"{9 - l}" ]
                    let named = (Folder.read Folder.defaults folder).Rows
                    Require.equal [| 1; 5 |] (Csr.set 0 named.Test.Value.Truth.Matrix)
                    Require.equal 10 named.Train.Space.Count))

            testCase "rows that nothing can be learned from, or decided by, are faults" (fun () ->
                let rows = read (nine "20")

                let without =
                    { rows with
                        Truth = LabelSets(Csr.empty rows.Count rows.Space.Count)
                    }

                let none = LabelledRows.selectRows [||] rows

                let fit train validation () =
                    Pipeline.fit
                        { ModelOptions.defaults with
                            Scorers = [ Linear.scorer LinearOptions.standard ]
                        }
                        [ VectoriserOptions() ]
                        FeatureKind.Automatic
                        train
                        validation
                        ignore
                        CancellationToken.None
                    |> box

                Require.startsWith
                    "expected a label in at least one training row, received 9 rows without any"
                    (said (fit without None))

                Require.startsWith "expected at least one training row, received none" (said (fit none None))

                Require.startsWith
                    "expected a label in at least one validation row, received 9 rows without any"
                    (said (fit rows (Some without)))

                Require.startsWith "expected at least one validation row, received none" (said (fit rows (Some none))))
        ]
