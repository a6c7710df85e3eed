module Limen.Properties.BaselinesProperties

open System.IO
open Expecto
open Limen.Core
open Limen.Experiments

let private truth = Csr.ofSets 3 [| [| 0; 1 |]; [| 1 |] |] |> LabelSets

/// What a script writes of the label sets {0, 1} and {2}: F1 1, 2/3 and 0 of the labels, two hits among three and three, both tops right.
let private result (key: string) (macroF1: string) =
    """{"key": "KEY", "baseline": "k-NN", "seconds": 2.5, "setting": 5, "p_at_1": 1.0, "top": [0, 1],
        "decisions": {"SCut": {"macro_f1_a": MACRO, "micro_f1": 0.6666666667, "sets": [[0, 1], [2]]}}}"""
        .Replace("KEY", key)
        .Replace("MACRO", macroF1)

let private notRun (key: string) =
    """{"key": "KEY", "baseline": "RBF-SVM", "not_run": "asks for dense or few features"}""".Replace("KEY", key)

let private reading (files: string list) : Baselines =
    TemporaryFolder.using (fun folder ->
        files
        |> List.iteri (fun i text -> File.WriteAllText(Path.Combine(folder, $"{i}.json"), text))

        Baselines.read truth folder)

let private round set key : Round =
    {
        Set = set
        Key = key
        Limen =
            {
                Name = "Limen"
                Seconds = 1.5
                Values = Contender.metrics |> List.map (fun metric -> metric.Name, 0.25) |> Map.ofList
            }
        Baselines = []
        NotRun =
            [
                {
                    Name = "k-NN"
                    Reason = "did not finish in 30 minutes"
                }
            ]
        Comparisons =
            [
                {
                    Metric = "micro_f1"
                    Limen = 0.25
                    Best = "k-NN, SCut"
                    Rival = 0.5
                    Difference = -0.25
                    Lower = -0.3
                    Upper = -0.2
                }
            ]
    }

let private report =
    {
        Build = "one"
        Rounds = [ round "emotions" "a"; round "yeast" "b" ]
    }

[<Tests>]
let tests =
    testList
        "Baselines"
        [
            testCase "a result is read with its label sets, one without is named" (fun () ->
                let found = reading [ result "a" "0.5555555556"; notRun "a" ]
                let contender = List.exactlyOne found.Contenders
                let (LabelSets sets), (LabelSets top) = contender.Sets, contender.Top

                Require.equal "a" found.Key
                Require.equal "k-NN, SCut" contender.Name
                Require.equal [| [| 0; 1 |]; [| 2 |] |] (Array.init 2 (fun r -> Csr.set r sets))
                Require.equal [| [| 0 |]; [| 1 |] |] (Array.init 2 (fun r -> Csr.set r top))

                Require.equal
                    [
                        {
                            Name = "RBF-SVM"
                            Reason = "asks for dense or few features"
                        }
                    ]
                    found.NotRun)

            testCase "measures that are not those of the label sets are refused" (fun () ->
                Require.refusal<InvalidDataException>(fun () -> reading [ result "a" "0.5" ])
                |> Require.contains "macro_f1_a")

            testCase "results of different scripts or data are not mixed" (fun () ->
                Require.throws<System.ArgumentException>(fun () -> reading [ result "a" "0.5555555556"; notRun "b" ]))

            testCase "a report goes on where the same build left it" (fun () ->
                TemporaryFolder.using (fun folder ->
                    BaselinesReport.write folder report
                    Require.equal report (BaselinesReport.resume "one" folder)
                    Require.equal { Build = "two"; Rounds = [] } (BaselinesReport.resume "two" folder)

                    Require.contains
                        "0 wins, 0 level, 2 losses"
                        (File.ReadAllText(Path.Combine(folder, "baselines.md")))))

            testCase "a new round takes the place of the old one" (fun () ->
                let renewed =
                    report |> BaselinesReport.add [ "emotions"; "yeast" ] (round "emotions" "c")

                Require.equal [ "emotions", "c"; "yeast", "b" ] (renewed.Rounds |> List.map (fun r -> r.Set, r.Key)))

            testCase "data sets are named once" (fun () ->
                Require.equal (List.distinct BaselineSets.names) BaselineSets.names)
        ]
