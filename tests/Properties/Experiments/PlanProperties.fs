/// Which experiments run.
module Limen.Properties.PlanProperties

open System.IO
open Expecto
open Limen.Experiments

let private all =
    {
        Studies = []
        Sets = []
        Seeds = None
    }

/// The names of the jobs where the data sets of these names are there.
let private jobs (sets: string list) (selection: Selection) =
    TemporaryFolder.using (fun folder ->
        for name in sets do
            Directory.CreateDirectory(Path.Combine(folder, name)) |> ignore

        Plan.jobs (Some folder) selection |> List.map fst)

let private there = [ "emotions"; "enron" ]

[<Tests>]
let tests =
    testList
        "Plan"
        [
            testCase
                "a selection keeps the jobs of its studies and its sets, up to its seeds, in their order"
                (fun () ->
                    let whole = jobs there all

                    let isChosen (job: Job) =
                        List.contains job.Study [ "defaults"; "margin" ]
                        && job.Task = "enron"
                        && job.Seed <= 2

                    let chosen =
                        jobs
                            there
                            {
                                Studies = [ "margin"; "defaults" ]
                                Sets = [ "enron" ]
                                Seeds = Some 2
                            }

                    Require.equal 4 chosen.Length
                    Require.equal (List.filter isChosen whole) chosen)

            testCase "first seeds of all studies come before second ones, each job once" (fun () ->
                let whole = jobs there all
                Require.equal (List.sort (whole |> List.map _.Seed)) (whole |> List.map _.Seed)
                Require.equal (List.distinct whole) whole
                Require.above 10 whole.Length)

            testCase "without data the embedded default stands for every study" (fun () ->
                let found = Plan.jobs None all |> List.map fst

                Require.equal
                    [ "api-documentation", 1 ]
                    (found |> List.map (fun job -> job.Task, job.Seed) |> List.distinct)

                Require.equal
                    (Plan.studies |> List.map _.Name |> List.distinct |> List.sort)
                    (found |> List.map _.Study |> List.sort))

            testCase "names that stand for nothing are faults, sets that are not there too" (fun () ->
                TemporaryFolder.using (fun folder ->
                    Directory.CreateDirectory(Path.Combine(folder, "enron")) |> ignore

                    let faults selection = Plan.faults (Some folder) selection

                    Require.equal
                        []
                        (faults
                            { all with
                                Studies = [ "rules" ]
                                Sets = [ "enron"; "api-documentation" ]
                            })

                    Require.equal
                        [
                            "studies: expected one of defaults, rules, signals, \"signals, labels leaked\", local signal, margin, alpha, linear cut, received rule"
                            "sets: expected one of enron, api-documentation, received emotions"
                        ]
                        (faults
                            { all with
                                Studies = [ "rule" ]
                                Sets = [ "emotions" ]
                            })))
        ]
