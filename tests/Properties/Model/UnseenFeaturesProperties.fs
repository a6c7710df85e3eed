/// Held-out rows are read as new rows are: without what no training row has.
module Limen.Properties.UnseenFeaturesProperties

open System
open System.Threading
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

let private cases =
    Cases.from [ typeof<Arbitraries>; typeof<VectoriserArbitraries> ]

let private entries (m: CsrMatrix) =
    [
        for r in 0 .. m.Rows - 1 -> [ for struct (c, v) in Csr.row r m -> c, float v ]
    ]

let private alike (expected: (int * float) list list) (actual: (int * float) list list) =
    for want, got in List.zip expected actual do
        Require.equal (List.map fst want) (List.map fst got)
        Tolerance.require Tolerance.float32 "row" (List.map snd want) (List.map snd got)

/// The vectoriser of the terms that some text has, with the IDF of all texts.
let private knowing (texts: string[]) (v: Vectoriser) : int[] * Vectoriser =
    let seen = (ColumnChoice.ofEntries (Vectoriser.apply v texts)).Ids
    seen, Vectoriser(v.Options, seen |> Array.map (Array.get v.Terms), seen |> Array.map (Array.get v.Weights.Idf))

/// The vectoriser of every second term.
let private everySecond (v: Vectoriser) : Vectoriser =
    let some values =
        values
        |> Array.indexed
        |> Array.filter (fun (i, _) -> i % 2 = 0)
        |> Array.map snd

    Vectoriser(v.Options, some v.Terms, some v.Weights.Idf)

/// Training rows with room for one more feature, which nobody has but one row.
let private train =
    let d = SmallProblem.dataset 60 1
    Dataset.create (Csr.widen (SmallProblem.features + 1) d.Features) d.Labels

let private withOwnFeature (row: int) : Dataset =
    let features =
        [|
            for r in 0 .. train.Rows - 1 do
                [|
                    yield! Csr.row r train.Features
                    if r = row then
                        struct (SmallProblem.features, 3f)
                |]
        |]

    Dataset.create (Csr.ofRows train.Features.Columns features) train.Labels

let private lists (rule: DecisionRows) (d: Dataset) : CandidateScores =
    let options =
        { SmallProblem.options with
            Scorers = SmallProblem.options.Scorers @ [ Linear.scorer LinearOptions.standard ]
            DecisionRows = Some rule
        }

    (Fitting.evidence options (Features d.Features.Columns) d None ignore Checkpoint.none CancellationToken.None).Lists

let private ofRow (row: int) (lists: CandidateScores) =
    let one = CandidateScores.selectRows [| row |] lists
    one.Local :: List.ofArray one.Margins |> List.map entries

[<Tests>]
let tests =
    testList
        "Unseen features"
        [
            property
                cases
                "texts are read as by a vectoriser that knows the training texts' terms alone"
                (fun (c: Corpus) ->
                    let all = Array.append c.Texts c.Others

                    if (PlainVectoriser.vocabulary c.Options all).Length > 0 then
                        let v = Vectoriser.fit c.Options all
                        let seen, known = knowing c.Texts v
                        let read = Vectoriser.apply v
                        let dropped = UnseenFeatures.drop (Texts v) (read c.Texts) (read c.Others)

                        let expected =
                            entries (Vectoriser.apply known c.Others)
                            |> List.map (List.map (fun (column, value) -> seen[column], value))

                        alike expected (entries dropped))

            property cases "each view of texts keeps its norm, numbers as they are do not" (fun (c: Corpus) ->
                let all = Array.append c.Texts c.Others

                if (PlainVectoriser.vocabulary c.Options all).Length > 0 then
                    let v = Vectoriser.fit c.Options all
                    let half = everySecond v
                    let numbers = Features v.Features

                    let read texts =
                        Vectoriser.apply v texts, Vectoriser.apply half texts

                    let beside (whole, half) =
                        Columns.join [ half; whole; whole; half ]

                    let train, held = read c.Texts, read c.Others

                    let dropped =
                        UnseenFeatures.drop
                            (Blocks [ Texts half; numbers; Views [ Texts v; Texts half ] ])
                            (beside train)
                            (beside held)

                    let ofView part reader =
                        UnseenFeatures.drop reader (part train) (part held)

                    let plain = ofView fst numbers

                    let expected =
                        [
                            ofView snd (Texts half)
                            plain
                            ofView fst (Texts v)
                            ofView snd (Texts half)
                        ]

                    alike (entries (Columns.join expected)) (entries dropped)

                    for whole, left in List.zip (entries (fst held)) (entries plain) do
                        Require.equal left (whole |> List.filter (fun entry -> List.contains entry left)))

            testCase "rows without anything unseen stay as they are, and a row of nothing else is empty" (fun () ->
                let x =
                    Csr.ofRows 3 [| [| struct (0, 0.6f); struct (1, 0.8f) |]; [| struct (2, 1f) |] |]

                let input =
                    TermCounts
                        {
                            Tf = Sublinear
                            Idf = [| 1f; 1f; 1f |]
                        }

                Require.equal (entries x) (entries (UnseenFeatures.drop input x x))
                let some = Csr.selectRows [| 0 |] x

                Require.equal [ [ 0, float 0.6f; 1, float 0.8f ]; [] ] (entries (UnseenFeatures.drop input some x))

                Require.refusal<ArgumentException>(fun () -> UnseenFeatures.drop input (Csr.widen 4 x) x |> box)
                |> ignore)

            testCase "a feature that a row has alone does not reach its scores out of fold" (fun () ->
                let before = lists (DecisionRows.CrossFit(3, 1)) train

                for row in [ 0; 31; 59 ] do
                    let after = lists (DecisionRows.CrossFit(3, 1)) (withOwnFeature row)
                    Require.equal (ofRow row before) (ofRow row after))

            testCase "nor its scores where it is held out" (fun () ->
                let all (lists: CandidateScores) =
                    List.init lists.Local.Rows (fun row -> ofRow row lists)

                let rule = DecisionRows.HoldOut 0.3
                let before = all (lists rule train)

                let untouched =
                    [ 0..19 ]
                    |> List.filter (fun row -> all (lists rule (withOwnFeature row)) = before)

                // of rows that are trained on the others hear, of those held out nobody
                Require.between (1, 19) untouched.Length)
        ]
