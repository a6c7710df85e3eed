module Limen.Properties.RowsProperties

open System
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 50

let private entries (m: CsrMatrix) =
    m.Columns, [ for r in 0 .. m.Rows - 1 -> List.ofArray (Csr.row r m) ]

let private dense (m: CsrMatrix) =
    Array2D.init m.Rows m.Columns (fun r c -> Csr.item r c m)

let private fit kind rows =
    InputSpace.fit [ VectoriserOptions() ] kind rows

let private texts = Rows.Texts [| "one two"; "two one"; "one three two" |]

/// Label names row by row.
let private names (rows: LabelledRows) =
    let (LabelSets sets) = rows.Truth

    [
        for r in 0 .. rows.Count - 1 -> Csr.set r sets |> Array.map rows.Space.Name |> Set.ofArray
    ]

/// A data set's rows, with labels named by their ids.
let private labelled (d: Dataset) =
    LabelledRows.create (LabelSpace(Array.init d.Labels.Columns string)) (Rows.Features d.Features) d.Truth

[<Tests>]
let tests =
    testList
        "Rows"
        [
            property cases "dense vectors are the sparse features of the same numbers" (fun ({ Data = d }: DataCase) ->
                let sparse, dense = Rows.Features d.Features, Rows.Dense(dense d.Features)

                Enum.GetValues<FeatureKind>()
                |> Array.forall (fun kind ->
                    let expected = entries (InputSpace.apply (fit kind sparse) sparse)

                    entries (InputSpace.apply (fit kind dense) dense) = expected
                    && entries (InputSpace.apply (fit kind dense) sparse) = expected
                    && entries (InputSpace.apply (fit kind sparse) dense) = expected))

            property
                cases
                "rows with fewer features are rows whose other features are absent"
                (fun ({ Data = d }: DataCase) (PositiveInt more) ->
                    let wide = Csr.widen (d.Features.Columns + more) d.Features

                    Enum.GetValues<FeatureKind>()
                    |> Array.forall (fun kind ->
                        let input = fit kind (Rows.Features wide)

                        entries (InputSpace.apply input (Rows.Features d.Features)) =
                            entries (InputSpace.apply input (Rows.Features wide))))

            testCase "a feature that the training rows did not have is refused" (fun () ->
                for kind in Enum.GetValues<FeatureKind>() do
                    let input = fit kind (Rows.Features(Csr.ofRows 2 [| [| struct (0, 2f) |] |]))
                    let wide = Rows.Features(Csr.empty 1 5)

                    Require.startsWith
                        "expected features from 0 to 1, received feature 4"
                        (Require.refusal<ArgumentException>(fun () -> InputSpace.apply input wide |> box)))

            testCase "rows of another kind than the training rows are refused in one way" (fun () ->
                let features = Rows.Features(Csr.empty 1 5)

                for rows in [ features; Rows.Dense(Array2D.zeroCreate 1 5) ] do
                    Require.startsWith
                        "expected texts as in the training rows, received features"
                        (Require.refusal<ArgumentException>(fun () ->
                            InputSpace.apply (fit FeatureKind.Automatic texts) rows |> box))

                    Require.startsWith
                        "expected features as in the training rows, received texts"
                        (Require.refusal<ArgumentException>(fun () ->
                            InputSpace.apply (fit FeatureKind.Automatic rows) texts |> box))

                let labelled rows =
                    LabelledRows.ofNames rows [| [| "a" |] |]

                Require.startsWith
                    "expected features as in the training rows, received texts"
                    (Require.refusal<ArgumentException>(fun () ->
                        {
                            Train = labelled features
                            Validation = Some(labelled (Rows.Texts [| "one" |]))
                            Test = None
                        }
                        |> Pipeline.prepare [ VectoriserOptions() ] FeatureKind.Automatic
                        |> box)))

            testCase "what was chosen is said" (fun () ->
                let said kind (numbers: float32 list list) =
                    fit kind (Rows.Dense(array2D numbers)) |> InputSpace.describe

                let numbers = [ [ 1.5f; 2f ]; [ 3f; 0.5f ]; [ 7f; 1f ] ]
                Require.equal [ "numbers as they are" ] (said FeatureKind.Values numbers)
                Require.equal [ "normal quantiles of the numbers' ranks" ] (said FeatureKind.Quantiles numbers)

                for kind in [ FeatureKind.Measurements; FeatureKind.Robust ] do
                    Require.equal [ "numbers less their centre, in units of their spread" ] (said kind numbers)

                Require.equal
                    [ "term counts, weighted by TF-IDF" ]
                    (said FeatureKind.TermCounts [ [ 1f; 2f ]; [ 3f; 0f ] ])

                Require.equal
                    [
                        "words, in 1 or more training texts"
                        "3 to 5 characters within words, in 1 or more training texts"
                    ]
                    (InputSpace.fit (Presets.vectorisers ()) FeatureKind.Automatic texts
                     |> InputSpace.describe))

            property
                cases
                "chosen rows keep their features, labels and weights"
                (fun ({ Data = d }: DataCase) (picks: NonNegativeInt list) ->
                    let weights = Array.init d.Rows float32
                    let chosen = [| for NonNegativeInt n in picks -> n % d.Rows |]
                    let rows = labelled d |> LabelledRows.weighted weights
                    let input = InputSpace.Features d.Features.Columns
                    let some = LabelledRows.selectRows chosen rows
                    let expected = LabelledRows.dataset input rows |> Dataset.selectRows chosen
                    let received = LabelledRows.dataset input some

                    let asDense =
                        { rows with
                            Rows = Rows.Dense(dense d.Features)
                        }

                    entries received.Features = entries expected.Features
                    && entries received.Labels = entries expected.Labels
                    && received.Weights = Some(chosen |> Array.map float32)
                    && entries (LabelledRows.dataset input (LabelledRows.selectRows chosen asDense)).Features =
                        entries expected.Features)

            property
                cases
                "held-out rows and the rest are all rows, with their weights"
                (fun ({ Data = d }: DataCase) (seed: int) ->
                    let rows = labelled d |> LabelledRows.weighted (Array.init d.Rows float32)
                    let kept, held = LabelledRows.holdOut 0.3 (Seed.ofInt seed) rows
                    let order = Array.append kept.Weights.Value held.Weights.Value |> Array.map int

                    let named part =
                        List.zip (names part) (List.ofArray part.Weights.Value)

                    Array.sort order = [| 0 .. d.Rows - 1 |]
                    && List.forall
                        (fun (labels, weight: float32) -> (names rows)[int weight] = labels)
                        (named kept @ named held))

            property
                cases
                "prepared parts are in one space, with the names that they had"
                (fun ({ Data = a }: DataCase) ({ Data = b }: DataCase) ->
                    let renamed (d: Dataset) = // the names in another order, so that ids differ between the parts
                        let space =
                            LabelSpace(Array.init d.Labels.Columns (fun l -> string (d.Labels.Columns - 1 - l)))

                        LabelledRows.create space (Rows.Features d.Features) d.Truth

                    let split =
                        {
                            Train = labelled a
                            Validation = Some(renamed b)
                            Test = None
                        }

                    let prepared () =
                        Pipeline.prepare [ VectoriserOptions() ] FeatureKind.Values split

                    // rows without any label are refused
                    a.Labels.NonZeros = 0
                    || b.Labels.NonZeros = 0
                    ||

                       let space, input, data = prepared () in
                       let prepared = Split.parts data in

                       List.take a.Labels.Columns (List.ofSeq space.Names) = List.ofSeq split.Train.Space.Names
                       && space.Count = max a.Labels.Columns b.Labels.Columns
                       && prepared
                          |> List.forall (fun d ->
                              d.Labels.Columns = space.Count
                              && d.Features.Columns = InputSpace.dimension input)
                       && List.forall2
                           (fun part (d: Dataset) ->
                               names part = names (LabelledRows.create space (Rows.Features d.Features) d.Truth))
                           (Split.parts split)
                           prepared)

            testCase "labels that only test rows have enter the metric, never the model" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let write part (lines: string list) =
                        System.IO.File.WriteAllLines(System.IO.Path.Combine(folder, part), lines)

                    let row text label =
                        $$"""{"text": "{{text}}", "labels": ["{{label}}"]}"""

                    let texts =
                        [ "one two one", "b"; "two three", "d"; "one two", "b"; "three", "d" ]
                        |> List.replicate 6
                        |> List.concat

                    write "train.jsonl" (texts |> List.map (fun (text, label) -> row text label))

                    let read (testLabels: string list) =
                        write "test.jsonl" (List.map2 (fun (text, _) label -> row text label) texts testLabels)
                        let rows = (Folder.read Folder.defaults folder).Rows

                        let labels, input, data =
                            Pipeline.prepare
                                [ VectoriserOptions(MinDocumentFrequency = Nullable 1) ]
                                FeatureKind.Automatic
                                rows

                        let model =
                            Model.fit
                                { ModelOptions.defaults with
                                    Scorers = [ Linear.scorer LinearOptions.standard ]
                                }
                                labels
                                input
                                data.Train
                                None
                                ignore
                                System.Threading.CancellationToken.None

                        let (Scores scores) = Model.scores data.Test.Value.Features model
                        Seq.toList labels.Names, entries scores, Evaluation.model data.Test.Value model

                    let names, scores, known = texts |> List.map snd |> read

                    let others, theirs, evidence =
                        [ "a"; "c"; "b"; "e" ] |> List.replicate 6 |> List.concat |> read

                    Require.equal [ "b"; "d" ] names
                    Require.equal names others
                    Require.equal scores theirs
                    Require.equal 5 evidence.Truth.Matrix.Columns
                    Require.equal 2 known.Truth.Matrix.Columns

                    // a metric of all labels counts the three as missed
                    let macro = F1.macro (AllLabels AsZero)
                    Require.equal 1.0 (Metric.number macro known)
                    Require.below 0.41 (Metric.number macro evidence)

                    for metric in Metrics.all do
                        Metric.value metric evidence |> ignore))

            testCase "a label that the other space lacks is refused with its row" (fun () ->
                let rows = LabelledRows.ofNames texts [| [| "a" |]; [| "b"; "a" |]; [||] |]

                Require.startsWith
                    "row 2: the label \"b\" is not one of the 1 known labels"
                    (Require.refusal<ArgumentException>(fun () ->
                        LabelledRows.relabel (LabelSpace [| "a" |]) rows |> box)))
        ]
