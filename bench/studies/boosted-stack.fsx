// What trees on top of the logistic stack are worth (ScoreCombination.Boosted): scorers of the strong preset learn from training rows; validation rows (SHARE of the training
// rows where there are none) are cut in halves, each decided by what the other half taught; means over CUTS cuts. Test rows are not looked at. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/boosted-stack.fsx CUTS SHARE NAMES...
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

let combinations = [ ScoreCombination.Stacked; ScoreCombination.Boosted ]

let objectives =
    [ "macro + 0.25 micro", Objective.standard; "micro", Objective.MicroF1 ]

/// The decision's measures on the half that did not teach it.
let half options (context: DecisionContext) (lists: CandidateScores) (truth: LabelSets) halfOf which =
    let inside, outside = Folds.split which halfOf

    let part rows =
        CandidateScores.selectRows rows lists, LabelSets(Csr.selectRows rows truth.Matrix)

    let theirs, answers = part outside
    let decision = FittedDecision.fit options context None theirs answers
    let own, asked = part inside
    Evaluation.decided decision None (FittedDecision.scores decision own) asked

let study cuts share name =
    let rows = (Folder.read Folder.defaults (Path.Combine(data, name))).Rows

    let train, validation =
        match rows.Validation with
        | Some validation -> rows.Train, validation
        | None -> LabelledRows.holdOut share (Seed.ofInt 20261128) rows.Train

    let labels, input, parts =
        Pipeline.prepare
            (Presets.vectorisers ())
            FeatureKind.Automatic
            {
                Train = train
                Validation = Some validation
                Test = None
            }

    let held = parts.Validation.Value

    let model =
        Model.fit
            { Presets.strong Objective.standard with
                DecisionRows = Some DecisionRows.ValidationOnly
            }
            labels
            input
            parts.Train
            (Some held)
            ignore
            CancellationToken.None

    let lists = Model.candidates held.Features model

    for said, objective in objectives do
        for combination in combinations do
            let clock = Stopwatch.StartNew()

            let found =
                [
                    for cut in 1..cuts do
                        let order = Seed.permutation held.Rows (Seed.derive "halves" cut (Seed.ofInt 1))
                        let halfOf = Array.zeroCreate held.Rows
                        order |> Array.iteri (fun place row -> halfOf[row] <- place % 2)

                        let options =
                            { DecisionOptions.defaults with
                                Combination = combination
                                Objective = objective
                            }

                        let context =
                            {
                                Labels = labels
                                Counts = model.Counts
                                Rarity = model.Ranker.Rarity
                                Scorings = 1
                                Seed = Seed.ofInt cut
                            }

                        yield! [ 0; 1 ] |> List.map (half options context lists held.Truth halfOf)
                ]

            let mean metric =
                found |> List.averageBy (Metric.number metric)

            printfn
                $"| {name} | {said} | {combination} | {mean (F1.macro (AllLabels AsZero)):F4} | {mean F1.micro:F4} | {mean (AtK.precision 1):F4} | {mean (AtK.precision 5):F4} | {clock.Elapsed.TotalSeconds / float (2 * cuts):F1} s |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| cuts :: share :: (_ :: _ as names) -> names |> List.iter (study (int cuts) (float share))
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/boosted-stack.fsx CUTS SHARE NAMES..."
    exit 2
