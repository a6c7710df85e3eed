// What trees add to the scorers of the strong preset, and what they are alone. `choose` measures on a fifth of the training rows that the models do without, `test` on the
// test rows. Time is that of the processor, over all fits of a model; trees are fitted where they stand alone, and the same ones stand beside other scorers.
// After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/trees.fsx choose|test SEEDS NAME ...
#I "../../tests/Properties/bin/Release/net10.0"
#r "Limen.Kernels.dll"
#r "Limen.Core.dll"
#r "Limen.Trees.dll"
#r "TorchSharp.dll"

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open System.Threading
open Limen
open Limen.Core

// a script does not look where a program finds LightGBM
NativeLibrary.SetDllImportResolver(
    typeof<TreeScorers>.Assembly,
    fun name _ _ ->
        let folder =
            Path.Combine(
                __SOURCE_DIRECTORY__,
                "../../tests/Properties/bin/Release/net10.0/runtimes",
                RuntimeInformation.RuntimeIdentifier,
                "native"
            )

        NativeLibrary.Load(Directory.GetFiles(folder, $"{name}.*")[0])
)

let strong = (Presets.strong Objective.standard).Scorers

/// A scorer that is fitted once on the same rows.
let remembered (name: string) (scorer: Scorer) : Scorer =
    let fitted = Dictionary<int * int, FittedScorer>()

    Scorer.create name (Scorer.faults scorer) (fun training ->
        let rows = training.Rows.Features
        let key = rows.Rows, HashCode.Combine(hash rows.NonZeros, Seq.sum rows.Values)

        match fitted.TryGetValue key with
        | true, same -> same
        | _ ->
            fitted[key] <- Scorer.fit training scorer
            fitted[key])

let variants () =
    let boosted = remembered "boosted" (TreeScorers.BoostedTrees())
    let extra = remembered "extra" (TreeScorers.ExtraTrees())

    [
        "strong", strong
        "boosted", [ boosted ]
        "extra", [ extra ]
        "strong + boosted", strong @ [ boosted ]
        "strong + extra", strong @ [ extra ]
        "strong + both", strong @ [ boosted; extra ]
    ]

let read (name: string) =
    Folder.read Folder.defaults (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))
    |> _.Rows
    |> Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic

let metrics = [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1 ]

let measure (labels: LabelSpace) input (train: Dataset) validation measured scorers seed =
    let options =
        { Presets.strong Objective.standard with
            Scorers = scorers
            Seed = Seed.ofInt seed
        }

    let before = Process.GetCurrentProcess().TotalProcessorTime

    let model =
        Model.fit options labels input train validation ignore CancellationToken.None

    let evidence = Evaluation.model measured model

    let spent = Process.GetCurrentProcess().TotalProcessorTime - before

    spent.TotalSeconds
    :: (metrics |> List.map (fun metric -> Metric.number metric evidence))

match List.tail (List.ofArray fsi.CommandLineArgs) with
| part :: seeds :: names ->
    printfn "| data | scorers | macro-F1 | micro-F1 | P@1 | seconds |\n|---|---|---|---|---|---|"

    for name in names do
        let labels, input, parts = read name

        let runs =
            [
                for seed in 1 .. int seeds do
                    let train, measured =
                        match part, parts.Test with
                        | "test", Some test -> parts.Train, test
                        | _ -> Dataset.holdOut 0.2 (Seed.derive "choose" seed (Seed.ofInt 7)) parts.Train

                    for variant, scorers in variants () do
                        variant, measure labels input train parts.Validation measured scorers seed
            ]

        for variant, ofVariant in List.groupBy fst runs do
            let numbers = ofVariant |> List.map snd |> List.transpose |> List.map List.average

            match numbers with
            | seconds :: values ->
                let cells = values |> List.map (fun v -> $"{v:F4}") |> String.concat " | "
                printfn $"| {name} | {variant} | {cells} | {seconds:F0} |"
            | [] -> ()
| _ -> eprintfn "choose|test SEEDS NAME ..."
