module Limen.Properties.SearchProperties

open System.IO
open System.Threading
open Expecto
open FsCheck
open Limen
open Limen.Core

let private ranges =
    [
        {
            Setting = "a"
            Values = [ "1"; "2"; "3"; "4" ]
        }
        { Setting = "b"; Values = [ "x"; "y" ] }
    ]

let private options plan =
    {
        Plan = plan
        Folds = 2
        Seed = Seed.ofInt 3
    }

let private rows =
    let d = SmallProblem.dataset 60 1
    LabelledRows.create SmallProblem.space (Rows.Features d.Features) d.Truth

/// Fits a linear model whose cost is a's value; counts the fits.
let private fit (count: int ref) (values: (string * string) list) (part: LabelledRows) : Model =
    count.Value <- count.Value + 1

    Pipeline.fit
        { SmallProblem.options with
            Scorers =
                [
                    Linear.scorer
                        { LinearOptions.standard with
                            C = float (values |> List.find (fst >> (=) "a") |> snd)
                        }
                ]
            DecisionRows = Some(DecisionRows.HoldOut 0.2)
        }
        [ VectoriserOptions() ]
        FeatureKind.Values
        part
        None
        ignore
        CancellationToken.None

let private search plan journal progress count =
    Search.run (options plan) ranges "test" journal progress CancellationToken.None (fit count) rows

/// Without the time, which is never the same.
let private timeless (trials: Trial list) =
    trials
    |> List.map (fun t -> t.Number, List.ofSeq t.Values, t.Share, t.MacroF1, t.MicroF1)

let private trial number share macro' micro : Trial =
    {
        Number = number
        Values = [||]
        Share = share
        MacroF1 = macro'
        MicroF1 = micro
        Seconds = 0.0
    }

exception private Stopped

[<Tests>]
let tests =
    testList
        "Search"
        [
            testCase "draws are distinct, of the ranges, and no more than there are" (fun () ->
                let draws = SearchOptions.draws ranges (options (SearchPlan.Random 100))
                draws.Length |> Require.equal 8
                List.distinct draws |> Require.equal draws

                for draw in draws do
                    for name, value in draw do
                        let range = ranges |> List.find (fun r -> r.Setting = name)
                        Require.isTrue (List.contains value range.Values)

                SearchOptions.draws ranges (options (SearchPlan.Random 3))
                |> Require.equal (List.truncate 3 draws))

            testProperty
                "halving keeps one in so many on as many times the rows, up to all"
                (fun (PositiveInt n) (PositiveInt k) ->
                    let keep = k + 1
                    let rungs = SearchOptions.rungs (options (SearchPlan.Halving(n, keep)))

                    fst rungs.Head = n
                    && snd (List.last rungs) = 1.0
                    && rungs
                       |> List.pairwise
                       |> List.forall (fun ((c, s), (d, t)) -> d = max 1 (c / keep) && abs (t - s * float keep) < 1e-9))

            testProperty
                "the front are the trials on the most rows that none beats"
                (fun (points: (byte * byte) list) ->
                    let trials =
                        points
                        |> List.mapi (fun i (a, b) -> trial (i + 1) 1.0 (float (a % 8uy)) (float (b % 8uy)))

                    let front =
                        Search.front (trial 99 0.5 100.0 100.0 :: trials)
                        |> List.filter (fun t -> t.Share = 1.0)

                    let worse (a: Trial) (b: Trial) =
                        b.MacroF1 >= a.MacroF1 && b.MicroF1 >= a.MicroF1

                    // each trial is no better than one on the front, and those on the front are no better than each other
                    trials |> List.forall (fun t -> front |> List.exists (worse t))
                    && List.allPairs front front
                       |> List.forall (fun (a, b) -> a.Number = b.Number || not (worse a b)))

            testCase "a search that ended early goes on, and its trials are those of one that did not" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let journal = Path.Combine(folder, "search.jsonl")
                    let plan = SearchPlan.Halving(4, 2)
                    let whole = search plan None ignore (ref 0)
                    let first, second = ref 0, ref 0

                    try
                        search
                            plan
                            (Some journal)
                            (fun p ->
                                if p.Done > 0.4 then
                                    raise Stopped)
                            first
                        |> ignore
                    with Stopped ->
                        ()

                    // killed while a line was written
                    File.AppendAllText(journal, "{\"trial\": 3, \"val")
                    let again = search plan (Some journal) ignore second
                    timeless again |> Require.equal (timeless whole)
                    // what was lost is one trial at most
                    Expect.isLessThanOrEqual (first.Value + second.Value) (2 * (4 + 2 + 1) + 2) "fits"
                    Expect.isGreaterThan first.Value 2 "fits before"
                    let third = ref 0

                    search plan (Some journal) ignore third
                    |> timeless
                    |> Require.equal (timeless whole)

                    third.Value |> Require.equal 0))

            testCase "the journal of other rows, settings or folds is refused, and so is another file" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let journal = Path.Combine(folder, "search.jsonl")
                    SearchJournal.start "one" journal |> Require.equal []

                    Require.refusal<ConfigurationException>(fun () -> SearchJournal.start "two" journal |> box)
                    |> ignore

                    File.WriteAllText(journal, "mine\n")

                    Require.refusal<ConfigurationException>(fun () -> SearchJournal.start "one" journal |> box)
                    |> ignore

                    File.ReadAllText journal |> Require.equal "mine\n"))

            testCase "every fault is named at once" (fun () ->
                SearchOptions.faults
                    ({ Setting = "c"; Values = [] } :: ranges @ ranges)
                    { options (SearchPlan.Halving(0, 1)) with
                        Folds = 1
                    }
                |> List.length
                |> Require.equal 6)
        ]
