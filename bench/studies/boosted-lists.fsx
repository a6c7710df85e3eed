// The same as boosted-stack.fsx, on score lists that bench/studies/score-lists.fsx has written to OUT, for several objectives:
//   dotnet fsi bench/studies/boosted-lists.fsx OUT SCORER,SCORER,...
#load "limen.fsx"

open System
open System.IO
open System.Runtime.InteropServices
open Limen
open Limen.Core
open Limen.Kernels

let objectives =
    [
        "macro + 0.25 micro", Objective.standard
        "macro + micro", Objective.MacroPlusMicro 1.0
        "micro", Objective.MicroF1
        "macro", Objective.MacroF1
    ]

let study folder (chosen: string[]) =
    let read (name: string) (kind: string) =
        File.ReadAllBytes(Path.Combine(folder, $"{name}.{kind}"))

    let ints name =
        MemoryMarshal.Cast<byte, int>(ReadOnlySpan(read name "int32")).ToArray()

    let floats name =
        MemoryMarshal.Cast<byte, float32>(ReadOnlySpan(read name "float32")).ToArray()

    let rarity = floats "rarity"
    let names = File.ReadAllLines(Path.Combine(folder, "scorers.txt"))
    let starts, indices = ints "pairs.starts", ints "pairs.indices"

    let onPairs values =
        CsrMatrix(starts.Length - 1, rarity.Length, starts, indices, values)

    let sets name =
        let starts, indices = ints $"{name}.starts", ints $"{name}.indices"
        CsrMatrix(starts.Length - 1, rarity.Length, starts, indices, Array.create indices.Length 1f)

    let lists =
        CandidateScores.create
            rarity
            [|
                for name in chosen -> onPairs (floats $"margins.{Array.IndexOf(names, name)}")
            |]
            (onPairs (floats "neighbours"))

    let truth, train = sets "truth", sets "train"
    let halfOf = Array.zeroCreate truth.Rows

    Seed.permutation truth.Rows (Seed.derive "halves" 1 (Seed.ofInt 1))
    |> Array.iteri (fun place row -> halfOf[row] <- place % 2)

    let context =
        {
            Labels = LabelSpace(Array.init rarity.Length string)
            Counts = LabelCounts.ofRows (Dataset.create (Csr.empty train.Rows 1) train)
            Rarity = rarity
            Scorings = 1
            Seed = Seed.ofInt 1
        }

    for said, objective in objectives do
        for combination in [ ScoreCombination.Stacked; ScoreCombination.Boosted ] do
            let options =
                { DecisionOptions.defaults with
                    Combination = combination
                    Objective = objective
                }

            let half which =
                let inside, outside = Folds.split which halfOf

                let part rows =
                    CandidateScores.selectRows rows lists, LabelSets(Csr.selectRows rows truth)

                let theirs, answers = part outside
                let decision = FittedDecision.fit options context None theirs answers
                let own, asked = part inside
                Evaluation.decided decision None (FittedDecision.scores decision own) asked

            let found = List.map half [ 0; 1 ]

            let mean metric =
                found |> List.averageBy (Metric.number metric)

            printfn
                $"| {said} | {combination} | {mean (F1.macro (AllLabels AsZero)):F4} | {mean F1.micro:F4} | {mean (AtK.precision 1):F4} | {mean (AtK.precision 5):F4} |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| [ folder; scorers ] -> study folder (scorers.Split ',')
| _ ->
    eprintfn "usage: dotnet fsi bench/studies/boosted-lists.fsx OUT SCORER,SCORER,..."
    exit 2
