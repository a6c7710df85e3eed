/// Labels' names as rows to learn from.
module Limen.Properties.NamedLabelsProperties

open System
open System.Threading
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

let private entries = SmallProblem.entries

let private words =
    [| "coal"; "fish"; "wheat"; "export"; "tariff"; "subsidy"; "licence"; "quota" |]

let private draw purpose n row =
    int (Seed.bits (int64 row) (Seed.derive purpose 0 (Seed.ofInt 5)) % uint64 n)

/// Texts of three words. Their labels are the first word with an id; a label of "quota" is known by its name alone.
let private known, named =
    words[..3] |> Array.mapi (fun i word -> $"{100 + i} {word}"), "107 quota"

let private labelled rows seed : LabelledRows =
    let first row = draw $"first {seed}" 4 row

    let text row =
        [
            words[first row]
            words[draw $"a {seed}" 8 row]
            words[draw $"b {seed}" 8 row]
        ]
        |> String.concat " "

    LabelledRows.ofNames (Rows.Texts(Array.init rows text)) (Array.init rows (fun row -> [| known[first row] |]))

let private space = Array.append known [| named |] |> LabelSpace

let private options reading =
    { SmallProblem.options with
        Scorers =
            [
                Linear.scorer LinearOptions.standard
                Perceptron.scorer (SmallProblem.perceptron ())
            ]
        DecisionRows = Some(DecisionRows.HoldOut 0.2)
        Labels = reading
    }

let private train, fresh =
    labelled 160 1 |> LabelledRows.relabel space, labelled 40 2

let private fit reading (vectorisers: VectoriserOptions list) rows =
    Pipeline.fit (options reading) vectorisers FeatureKind.Automatic rows None ignore CancellationToken.None

let private views =
    [
        VectoriserOptions(MinDocumentFrequency = 1)
        VectoriserOptions(LongestTerm = 2)
    ]

let private ofViews (rows: LabelledRows) =
    InputSpace.fit views FeatureKind.Automatic rows.Rows

/// Margins [N][L] of the fresh rows by a scorer of these rows.
let private margins (scorer: Scorer) (d: Dataset) =
    scorer
    |> Scorer.fit (ScorerCases.training 1 d)
    |> ScorerCases.margins d.Labels.Columns (InputSpace.apply (ofViews train) fresh.Rows)

[<Tests>]
let tests =
    testList
        "NamedLabels"
        [
            property
                Cases.any
                "the words of a name are those without digits, whatever parts them"
                (fun (picks: byte list) ->
                    let chosen = picks |> List.map (fun p -> words[int p % words.Length])

                    let part i =
                        if picks.Length > 0 && picks[i % picks.Length] % 2uy = 0uy then
                            " "
                        else
                            "_"

                    let label =
                        chosen
                        |> List.mapi (fun i word -> $"{i}{part i}{word}{part (i + 1)}a{i}.0 ")
                        |> String.concat ""

                    NamedLabels.text label = String.Join(" ", chosen))

            testCase
                "a row for each label whose name has a known term: its features are the name's, its one label is the label"
                (fun () ->
                    let input = ofViews train
                    let labels = LabelSpace [| "1 fish"; "K21.9"; "coal_export"; "unheard of"; "42" |]
                    let names = NamedLabels.rows input labels

                    Require.equal [ (0, 0, 1f); (1, 2, 1f) ] (entries names.Labels)

                    Require.equal
                        (InputSpace.apply input (Rows.Texts [| "fish"; "coal export" |]) |> entries)
                        (entries names.Features))

            testCase "blocks of numbers are empty in them" (fun () ->
                let numbers =
                    Csr.ofRows 3 (Array.init train.Count (fun row -> [| struct (row % 3, 0.5f) |]))

                let both = train |> LabelledRows.beside (Rows.Features numbers)
                let input = ofViews both
                let names = NamedLabels.rows input space
                let block = InputSpace.views input |> List.last
                Require.equal space.Count names.Rows
                Require.equal 0 (Columns.select block names.Features).NonZeros
                Require.above 0 names.Features.NonZeros)

            testCase
                "a label without a row of its own comes first, by every scorer, where its name stands in the text"
                (fun () ->
                    let model = fit LabelReading.Name views train
                    let label = model.Labels.TryId named |> Option.get

                    let margins (texts: string[]) =
                        [
                            for m in (Model.candidates (Model.features (Rows.Texts texts) model) model).Margins ->
                                [ for row in 0 .. texts.Length - 1 -> Csr.item row label m ]
                        ]

                    for ofScorer in margins [| "quota"; "coal fish"; "tariff licence" |] do
                        Require.above (max ofScorer[1] ofScorer[2]) ofScorer[0])

            testCase "signals, counts and the rows that decide are those of a model that does not read names" (fun () ->
                let reads: Model = fit LabelReading.Name views train
                let other: Model = fit LabelReading.Identifier views train
                let x = Model.features fresh.Rows reads
                Require.equal other.Counts reads.Counts
                Require.equal other.Ranker.Rarity reads.Ranker.Rarity
                Require.equal (entries (Model.localSignal x other).Values) (entries (Model.localSignal x reads).Values)
                Require.notEqual (entries (Model.scores x other).Matrix) (entries (Model.scores x reads).Matrix))

            testCase "names that are identifiers leave the model as it is" (fun () ->
                let ids = LabelSpace [| for i in 0 .. space.Count - 1 -> $"A{i}.0" |]
                let rows = { train with Space = ids }
                let model reading = fit reading views rows
                let x = Model.features fresh.Rows (model LabelReading.Name)

                Require.equal
                    (entries (Model.scores x (model LabelReading.Identifier)).Matrix)
                    (entries (Model.scores x (model LabelReading.Name)).Matrix))

            testCase
                "a scorer learns from its rows and then from the names, each of which counts as three rows"
                (fun () ->
                    let input = ofViews train
                    let names = NamedLabels.rows input space
                    let own = LabelledRows.dataset input train
                    let weights = Array.append (Array.create own.Rows 1f) (Array.create names.Rows 3f)

                    for scorer in (options LabelReading.Name).Scorers do
                        Require.equal
                            (Dataset.append own names |> Dataset.weighted weights |> margins scorer)
                            (margins (NamedLabels.scorer names scorer) own))

            testCase "a model of numbers has no words to find names in" (fun () ->
                let d = SmallProblem.dataset 60 1

                let faults =
                    try
                        Model.fit
                            (options LabelReading.Name)
                            SmallProblem.space
                            (Features SmallProblem.features)
                            d
                            None
                            ignore
                            CancellationToken.None
                        |> ignore

                        []
                    with :? ConfigurationException as e ->
                        List.ofSeq e.Faults

                Require.equal
                    [
                        "label names: expected rows of texts, which their words may stand in, received features"
                    ]
                    faults)
        ]
