// Which terms suit a number of texts and their length: one-vs-rest linear models alone, decided by Fused on cross-fitted scores, on seeded samples of
// training rows, whole and cut to their first words, measured on validation rows. Data sets are folders of JSON lines below the one that LIMEN_DATA names.
// After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/terms.fsx SEEDS ROWS,ROWS,... WORDS,WORDS,... NAME NAME ...
// WORDS 0 is the whole text.
#load "limen.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

/// Longest term, least document frequency.
let grid = [ for minDf in [ 1; 2; 3; 5; 10 ] -> 1, minDf ] @ [ 2, 2; 2, 5 ]

let options (longest: int, minDf: int) =
    VectoriserOptions(LongestTerm = longest, MinDocumentFrequency = Nullable minDf)

let sample (seed: Seed) (most: int) (d: LabelledRows) : LabelledRows =
    if d.Count <= most then
        d
    else
        LabelledRows.selectRows (Array.take most (Seed.permutation d.Count seed)) d

/// The texts' first words, as white space parts them; all of them for 0.
let cut (words: int) (d: LabelledRows) : LabelledRows =
    match d.Rows with
    | Rows.Texts texts when words > 0 ->
        let first (text: string) =
            text.Split(Unchecked.defaultof<char[]>, StringSplitOptions.RemoveEmptyEntries)
            |> Seq.truncate words
            |> String.concat " "

        { d with
            Rows = Rows.Texts(texts |> Seq.toArray |> Array.Parallel.map first)
        }
    | _ -> d

let measure
    (labels: LabelSpace)
    (train: LabelledRows)
    (held: LabelledRows)
    (seed: int)
    (o: VectoriserOptions)
    : float list =
    let input = InputSpace.fit [ o ] FeatureKind.Automatic train.Rows

    let model =
        Model.fit
            { ModelOptions.defaults with
                Global = None
                Local = None
                Scorers = [ Linear.scorer LinearOptions.standard ]
                DecisionRows = Some(DecisionRows.CrossFit(3, 1))
                Seed = Seed.ofInt seed
            }
            labels
            input
            (LabelledRows.dataset input train)
            None
            ignore
            CancellationToken.None

    let evidence = Evaluation.model (LabelledRows.dataset input held) model

    [
        for metric in [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1 ] do
            Metric.number metric evidence
        float (InputSpace.dimension input)
    ]

let seeds, rows, words, names =
    let numbers (s: string) =
        s.Split ',' |> Array.map int |> List.ofArray

    match List.tail (List.ofArray fsi.CommandLineArgs) with
    | seeds :: rows :: words :: names -> int seeds, numbers rows, numbers words, names
    | _ ->
        eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/terms.fsx SEEDS ROWS,... WORDS,... NAME NAME ..."
        exit 2

printfn "| data | rows | words | terms up to | min df | macro-F1 A | micro-F1 | P@1 | features |"
printfn "|---|---|---|---|---|---|---|---|---|"

for name in names do
    let folder =
        Folder.read
            { Folder.defaults with
                Format = Some JsonLines.format
            }
            (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))

    let held = folder.Rows.Validation.Value |> sample (Seed.ofInt 0) 3000

    for n in rows do
        for words in words do
            for setting in grid do
                let figures =
                    [
                        for seed in 1..seeds ->
                            let train =
                                folder.Rows.Train |> sample (Seed.derive "rows" seed (Seed.ofInt seed)) n

                            measure folder.Labels (cut words train) (cut words held) seed (options setting)
                    ]
                    |> List.transpose
                    |> List.map List.average

                match figures with
                | [ macro; micro; first; features ] ->
                    printfn
                        $"""| {name} | {n} | {words} | {fst setting} | {snd setting} | {macro.ToString "F4"} | {micro.ToString "F4"} | {first.ToString "F4"} | {int features} |"""
                | _ -> ()
