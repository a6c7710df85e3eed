/// Rows that have several things side by side: texts and numbers, say.
module Limen.Properties.BlocksProperties

open System
open System.IO
open System.Threading
open Expecto
open FsCheck
open Limen
open Limen.Core

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 50

let private entries = SmallProblem.entries

let private words = [| "red"; "round"; "small"; "soft"; "sweet"; "sour"; "old" |]

/// Texts that say nothing of the features beside them.
let private texts (count: int) =
    Rows.Texts(Array.init count (fun i -> $"{words[i % 7]} {words[i / 7 % 7]} {words[i * 5 / 3 % 7]}"))

let private both (d: Dataset) =
    texts d.Rows |> Rows.beside (Rows.Features d.Features)

let private fit kind rows =
    InputSpace.fit [ VectoriserOptions() ] kind rows

let private labelled (rows: Dataset -> Rows) (d: Dataset) =
    LabelledRows.create SmallProblem.space (rows d) d.Truth

let private model (rows: LabelledRows) =
    let options =
        { SmallProblem.options with
            Scorers = [ Linear.scorer LinearOptions.standard ]
            DecisionRows = Some(DecisionRows.HoldOut 0.2)
        }

    Pipeline.fit options [ VectoriserOptions() ] FeatureKind.Automatic rows None ignore CancellationToken.None

let private train, test = SmallProblem.dataset 150 1, SmallProblem.dataset 40 7

let private trained = lazy model (labelled both train)

let private scores rows model =
    entries (Model.scores (Model.features rows model) model).Matrix

[<Tests>]
let tests =
    testList
        "Blocks"
        [
            property cases "each block becomes the features that it becomes alone" (fun ({ Data = d }: DataCase) ->
                let texts, features = texts d.Rows, Rows.Features d.Features
                let rows = texts |> Rows.beside features

                Enum.GetValues<FeatureKind>()
                |> Array.forall (fun kind ->
                    let alone =
                        [
                            InputSpace.apply (fit FeatureKind.Automatic texts) texts
                            InputSpace.apply (fit kind features) features
                        ]

                    let input = fit kind rows

                    entries (InputSpace.apply input rows) = entries (Columns.join alone)
                    && InputSpace.views input = Columns.beside (alone |> List.map _.Columns)
                    && InputSpace.kind input = rows.Kind))

            property
                cases
                "rows are chosen in each block"
                (fun ({ Data = d }: DataCase) (chosen: NonNegativeInt list) ->
                    let chosen = [| for n in chosen -> n.Get % d.Rows |]
                    let input = fit FeatureKind.Automatic (both d)

                    entries (InputSpace.apply input (Rows.selectRows chosen (both d))) =
                        entries (Csr.selectRows chosen (InputSpace.apply input (both d))))

            property cases "beside is associative, and every other number of rows is refused" (fun (n: PositiveInt) ->
                let a, b, c = texts n.Get, Rows.Dense(Array2D.zeroCreate n.Get 2), texts n.Get
                let left = a |> Rows.beside b |> Rows.beside c
                let right = a |> Rows.beside (b |> Rows.beside c)

                Require.throws<ArgumentException>(fun () -> Rows.beside (texts (n.Get + 1)) a |> box)

                left.Kind = "texts and features and texts"
                && List.forall2
                    (fun (x: Rows) y -> Object.ReferenceEquals(x, y))
                    (Rows.blocks left)
                    (Rows.blocks right))

            testCase "views are of what their rows are" (fun () ->
                let features = InputSpace.Features 3
                Require.equal "features" (InputSpace.kind (Views [ features; features ]))

                let vectorisers =
                    [ VectoriserOptions(); VectoriserOptions(LongestTerm = Nullable 2) ]

                Require.equal "texts" (InputSpace.kind (InputSpace.fit vectorisers FeatureKind.Automatic (texts 20))))

            testCase "rows of another kind are refused, in every order" (fun () ->
                let d = SmallProblem.dataset 20 1
                let input = fit FeatureKind.Automatic (both d)

                for rows, found in
                    [
                        texts 20, "texts"
                        Rows.Features d.Features, "features"
                        Rows.Features d.Features |> Rows.beside (texts 20), "features and texts"
                        both d |> Rows.beside (texts 20), "texts and features and texts"
                    ] do
                    Require.startsWith
                        $"expected texts and features as in the training rows, received {found}"
                        (Require.refusal<ArgumentException>(fun () -> InputSpace.apply input rows |> box))

                    Require.throws<ArgumentException>(fun () ->
                        Pipeline.prepare
                            [ VectoriserOptions() ]
                            FeatureKind.Automatic
                            {
                                Train = labelled both d
                                Validation = Some(LabelledRows.create SmallProblem.space rows d.Truth)
                                Test = None
                            }
                        |> box)

                Require.throws<ArgumentException>(fun () ->
                    InputSpace.apply (fit FeatureKind.Automatic (texts 20)) (both d) |> box))

            testCase "a kind of features is of the numbers, and asked of texts alone it is refused" (fun () ->
                let faults rows =
                    InputSpace.faults [ VectoriserOptions() ] FeatureKind.Quantiles rows

                Require.isEmpty (faults (both train))

                Require.equal
                    [ "features: expected rows of numbers for Quantiles, received texts and texts" ]
                    (faults (texts 9 |> Rows.beside (texts 9)))

                Require.equal
                    [ "vectoriser: expected at least one for texts, received none" ]
                    (InputSpace.faults [] FeatureKind.Automatic (both train)))

            testCase "the scaling of numbers is chosen as without the texts beside them" (fun () ->
                // each label's own feature, on a scale on which few rows are far from all others
                let dense (d: Dataset) =
                    Rows.Dense(
                        Array2D.init d.Rows SmallProblem.labels (fun r c ->
                            float32 (exp (float (Csr.item r (4 * c) d.Features) * 25.0) + float (r * 7 % 5)))
                    )

                let chosen rows =
                    InputChoice.fit [ VectoriserOptions() ] FeatureKind.Automatic (labelled rows train)

                let alone = chosen dense
                let beside = chosen (fun d -> texts d.Rows |> Rows.beside (dense d))
                // not the one that is taken without a choice
                Require.notEqual (string FeatureKind.Measurements) alone.Name
                Require.equal alone.Figures beside.Figures

                Require.equal (InputSpace.describe alone.Input) (InputSpace.describe beside.Input |> List.skip 1))

            testCase "training rows are as wide as the widest part, block by block" (fun () ->
                let wide = Csr.widen (SmallProblem.features + 5) test.Features

                let parts =
                    {
                        Train = labelled both train
                        Validation = Some(labelled (fun d -> texts d.Rows |> Rows.beside (Rows.Features wide)) test)
                        Test = None
                    }

                let _, _, data =
                    Pipeline.prepare [ VectoriserOptions() ] FeatureKind.Automatic parts

                Require.equal data.Train.Features.Columns data.Validation.Value.Features.Columns)

            testCase "a model learns from each block, and is saved and read" (fun () ->
                let ofTexts = model (labelled (fun d -> texts d.Rows) train)

                let measured rows m =
                    let _, _, evidence = Evaluation.ofRows (labelled rows test) m
                    Metric.number F1.micro evidence

                Require.above (measured (fun d -> texts d.Rows) ofTexts + 0.2) (measured both trained.Value)

                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "model")
                    Store.save path trained.Value
                    Require.equal (scores (both test) trained.Value) (scores (both test) (Store.load path))))

            testCase "a row's scores do not depend on the others" (fun () ->
                let one = Rows.selectRows [| 3 |] (both test)

                Require.equal
                    (scores (both test) trained.Value
                     |> List.filter (fun (r, _, _) -> r = 3)
                     |> List.map (fun (_, c, v) -> c, v))
                    (scores one trained.Value |> List.map (fun (_, c, v) -> c, v)))

            (let one = InputSpace.Features 3

             testTheory
                 "blocks that no fit leaves are faults of a model"
                 [
                     "blocks: expected two or more, found fewer", Blocks [ one ]
                     "blocks: expected texts or numbers, found blocks of blocks", Blocks [ Blocks [ one; one ]; one ]
                     "views: expected texts or numbers, found views or blocks of them",
                     Views [ Blocks [ one; one ]; one ]
                 ]
                 (fun (fault, wrong) ->
                     let damaged = { trained.Value with Input = wrong }

                     Require.isTrue (List.contains fault (ModelFaults.ofModel damaged))))
        ]

/// Reads one file.
let private read (fields: Fields) (vectors: string option) (path: string) =
    DataSource.readFile
        { DataSource.defaults with
            Formats = DataFormats.all
            Fields = fields
            Vectors = vectors
        }
        path

let private named = Fields(Text = [| "text" |], Features = [| "price"; "size" |])

let private requireBoth (rows: LabelledRows) =
    match rows.Rows with
    | Rows.Blocks [ Rows.Texts texts; Rows.Dense x ] ->
        Require.equal [ "red old"; "sweet" ] (List.ofSeq texts)
        Require.equal [ 80.5f; 3f; 2f ] [ x[0, 0]; x[1, 0]; x[0, 1] ]
        Require.isNaN (float x[1, 1])

        Require.equal
            [ [| "dear" |]; [||] ]
            [ for r in 0..1 -> Csr.set r rows.Truth.Matrix |> Array.map rows.Space.Name ]
    | other -> failtest $"expected texts beside dense numbers, received {other.Kind}"

let private table = "text,price,size,labels\nred old,80.5,2,dear\nsweet,3,,\n"

let private lines =
    """{"text": "red old", "price": 80.5, "size": 2, "labels": ["dear"]}
{"text": "sweet", "size": null, "price": 3, "labels": []}
"""

[<Tests>]
let files =
    testList
        "BlocksOfFiles"
        [
            testTheory
                "a text and numbers that are both named are read beside each other"
                [ "rows.csv", table; "rows.tsv", table.Replace(',', '\t'); "rows.jsonl", lines ]
                (fun (name, contents) ->
                    TemporaryFolder.usingFile name contents (fun path -> read named None path |> requireBoth))

            testCase "columns of Parquet too" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "rows")
                    ParquetShapes.set path [ "price", true ]
                    let fields = Fields(Text = [| "text" |], Features = [| "price" |])

                    match (read fields None $"{path}-00000-of-00001.parquet").Rows with
                    | Rows.Blocks [ Rows.Texts texts; Rows.Dense x ] ->
                        Require.equal [ "one"; "two" ] (List.ofSeq texts)
                        Require.equal [ 1f; 2f ] [ x[0, 0]; x[1, 0] ]
                    | other -> failtest $"expected texts beside dense numbers, received {other.Kind}"))

            testCase
                "vectors of a file stand beside a text that is named, and in the place of one that is not"
                (fun () ->
                    TemporaryFolder.usingFile "rows.csv" table (fun path ->
                        let vectors = Path.ChangeExtension(path, ".npy")
                        Npy.writeMatrix vectors (array2D [ [ 80.5f; 2f ]; [ 3f; nanf ] ])
                        read (Fields(Text = [| "text" |])) (Some ".npy") path |> requireBoth
                        Require.equal "features" (read (Fields()) (Some ".npy") path).Rows.Kind))

            testCase "numbers alone where no text is named, texts alone where no number is" (fun () ->
                TemporaryFolder.usingFile "rows.jsonl" lines (fun path ->
                    Require.equal "features" (read (Fields(Features = [| "price" |])) None path).Rows.Kind
                    Require.equal "texts" (read (Fields()) None path).Rows.Kind))

            testCase "every digit of a number in JSON counts" (fun () ->
                let line = """{"price": 1.2345679e-25, "labels": ["x"]}""" + "\n"

                TemporaryFolder.usingFile "rows.jsonl" line (fun path ->
                    match (read (Fields(Features = [| "price" |])) None path).Rows with
                    | Rows.Dense x -> Require.equal 1.2345679e-25f x[0, 0]
                    | other -> failtest $"expected dense numbers, received {other.Kind}"))

            testCase "numbers beside ids and times are the fields that are named" (fun () ->
                let line =
                    """{"text": "a", "when": 7, "id": 9, "price": 3, "labels": ["x"]}""" + "\n"

                let fields =
                    Fields(Text = [| "text" |], Features = [| "price" |], Id = "id", Time = "when")

                TemporaryFolder.usingFile "rows.jsonl" line (fun path ->
                    match (read fields None path).Rows with
                    | Rows.Blocks [ _; Rows.Dense x ] -> Require.equal 3f x[0, 0]
                    | other -> failtest $"expected texts beside dense numbers, received {other.Kind}"))

            testTheory
                "what is no number is refused with its line"
                [
                    """{"text": "a", "price": "dear", "labels": ["x"]}""",
                    ":1:1: expected a number as \"price\", found \"dear\""
                    """{"text": "a", "labels": ["x"]}""",
                    ":1:1: expected a field \"price\", as asked for features, in some row, found none"
                    """{"text": "a", "price": [1], "labels": ["x"]}""", "expected a string or a number as \"price\""
                ]
                (fun (line, fault) ->
                    TemporaryFolder.usingFile "rows.jsonl" (line + "\n") (fun path ->
                        Require.contains
                            fault
                            (Require.refusal<DataFormatException>(fun () ->
                                read (Fields(Features = [| "price" |])) None path |> box))))

            testCase "no format holds both, and convert says so" (fun () ->
                TemporaryFolder.usingFile "rows.csv" table (fun path ->
                    let rows = read named None path

                    Require.startsWith
                        "convert: these rows are texts and features, which no format holds together"
                        (Require.refusal<ConfigurationException>(fun () ->
                            Convert.requireWritable (InputFormats.find "jsonl") rows.Rows |> box))))
        ]
