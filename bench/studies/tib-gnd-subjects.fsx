// The figures of tib-gnd-subjects in docs/findings.md: one fit of the strong preset with trees on top of the stack, on two blocks of features: words of titles and whole
// abstracts (the folder's counts), and words and pairs of words of titles (the first lines of its texts). A tenth of the training and dev rows together decides. The test file is measured once. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/tib-gnd-subjects.fsx
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

let folder =
    Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", "tib-gnd-subjects")

let read format =
    (Folder.read
        { Folder.defaults with
            Format = Some(InputFormats.find format)
        }
        folder)
        .Rows

let objective = Objective.standard
let clock = Stopwatch.StartNew()
let counts, texts = read "svmlight", read "jsonl"

/// Counts with the titles of the same rows, the first lines of their texts, beside them.
let both (counts: LabelledRows) (texts: LabelledRows) =
    let lines = Rows.tryTexts texts.Rows |> Option.get

    counts
    |> LabelledRows.beside (Rows.Texts [| for text in lines -> text.Split('\n', 2)[0] |])

let labels, input, parts =
    Pipeline.prepare
        [ VectoriserOptions(LongestTerm = Nullable 2) ]
        FeatureKind.TermCounts
        {
            Train = both counts.Train texts.Train
            Validation = Option.map2 both counts.Validation texts.Validation
            Test = Option.map2 both counts.Test texts.Test
        }

let test = parts.Test.Value

let model =
    Model.fit
        { Presets.strong objective with
            DecisionRows = Some(DecisionRows.HoldOut 0.1)
            Decision =
                { DecisionOptions.defaults with
                    Objective = objective
                    Combination = ScoreCombination.Boosted
                }
        }
        labels
        input
        parts.Train
        parts.Validation
        ignore
        CancellationToken.None

printfn $"fitted after {clock.Elapsed.TotalMinutes:F1} minutes"
let row = Evaluation.model test model
let batch = Evaluation.asBatch objective test model
printfn $"measured after {clock.Elapsed.TotalMinutes:F1} minutes"

let say way evidence =
    let number metric = Metric.number metric evidence

    printfn
        $"| {way} | {number (F1.macro (AllLabels AsZero)):F4} | {number (F1.macro PresentInTest):F4} | {number F1.micro:F4} | {number (AtK.precision 1):F4} | {number (AtK.precision 5):F4} | {number (AtK.ndcg 5):F4} |"

say "row by row" row
say "plug-in on the test rows as one batch" batch

/// F1@5 as the script of LLMs4Subjects has it: of a cell's mean precision and mean recall; cells are pairs of language and type of record.
let cells =
    use file = File.OpenRead(Path.Combine(folder, "test.lang.txt.gz"))
    use lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress))
    lines.ReadToEnd().TrimEnd('\n').Split '\n'

let (Scores scores) = row.Scores.Value

let at5 chosen =
    let part =
        { Evidence.ofTruth (LabelSets(Csr.selectRows chosen test.Labels)) with
            Scores = Some(Scores(Csr.selectRows chosen scores))
        }

    let p, r = Metric.number (AtK.precision 5) part, Metric.number (AtK.recall 5) part
    p, r, 2.0 * p * r / max 1e-12 (p + r)

let each =
    [
        for cell, rows in cells |> Seq.indexed |> Seq.groupBy snd |> Seq.sortBy fst do
            let chosen = rows |> Seq.map fst |> Seq.toArray
            let p, r, f1 = at5 chosen
            printfn $"| {cell} | {chosen.Length} | {p:F4} | {r:F4} | {f1:F4} |"
            f1
    ]

let _, _, all = at5 (Array.init test.Rows id)
let languages = cells |> Array.map (fun cell -> cell.Split(' ')[0])

for language in [ "de"; "en" ] do
    let _, _, f1 =
        languages
        |> Seq.indexed
        |> Seq.filter (snd >> (=) language)
        |> Seq.map fst
        |> Seq.toArray
        |> at5

    printfn $"all rows in {language}: F1@5 {f1:F4}"

printfn $"F1@5: mean of {each.Length} cells {List.average each:F4}, of all rows {all:F4}"
