// What the labels' own corrections of the shared threshold should rest on: every basis of the default rule on the validation rows
// of a data set, by halves that decide each other, measured one by one and with their counts pooled. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/fused-basis.fsx NAME
#load "limen.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

let cuts = 4

let folder =
    match List.tail (List.ofArray fsi.CommandLineArgs) with
    | [ name ] -> Folder.read Folder.defaults (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))
    | _ ->
        eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/fused-basis.fsx NAME"
        exit 2

let labels, input, parts =
    Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic folder.Rows

let train = parts.Train

let validation =
    match parts.Validation with
    | Some rows -> rows
    | None -> failwith "expected a folder with validation rows"

let options = Presets.strong Objective.standard

let model =
    Model.fit options labels input train (Some validation) ignore CancellationToken.None

/// Log-odds of the validation rows, as the rule is given them.
let (Scores scores) = Model.scores validation.Features model

/// The validation rows of both sides of a cut: where the rule is fitted, and where it decides.
let sides =
    [
        for cut in 1..cuts do
            let halfOf = Folds.ofScores 1 2 (Seed.ofInt cut) (Scores scores)

            [
                for half in 0..1 do
                    let inside, outside = Folds.split half halfOf
                    outside, inside
            ]
    ]

let macroF1 = F1.macro (AllLabels AsZero)

let evidence (truth, predicted) =
    Evidence.ofSets (LabelSets predicted) (LabelSets truth)

for name, objective in
    [
        "macro", Objective.MacroF1
        "macro + 0.25 micro", Objective.standard
        "macro + micro", Objective.MacroPlusMicro 1.0
    ] do
    printfn $"| {name} | one by one: macro-F1 A | micro-F1 | pooled: macro-F1 A |\n|---|---|---|---|"

    for basis in Fused.bases do
        let decided (outside, inside) =
            let rule =
                Fused.withBasis
                    objective
                    basis
                    model.Ranker.Rarity
                    None
                    (Scores(Csr.selectRows outside scores))
                    (LabelSets(Csr.selectRows outside validation.Labels))

            let (LabelSets predicted) =
                Thresholds.decide (Fused.thresholds rule) (Scores(Csr.selectRows inside scores))

            Csr.selectRows inside validation.Labels, predicted

        let halves = sides |> List.map (List.map decided)
        let apart = halves |> List.concat |> List.map evidence

        let pooled =
            halves
            |> List.map (
                List.reduce (fun (t, p) (t', p') -> Csr.append t t', Csr.append p p')
                >> evidence
            )

        let mean metric = List.averageBy (Metric.number metric)
        printfn $"| %A{basis} | {mean macroF1 apart:F4} | {mean F1.micro apart:F4} | {mean macroF1 pooled:F4} |"

    printfn ""
