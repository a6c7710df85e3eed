// The main job in ten lines:  dotnet fsi first-model.fsx
#r "nuget: Limen.Core"

open System.Threading
open Limen.Core

let docs = ApiDocs.read ()

let model =
    Pipeline.fitText
        ModelOptions.defaults
        Vectoriser.defaults
        None
        docs.Train
        docs.Validation
        ignore
        CancellationToken.None

let text = "Reads the next line of characters from the file."

let why = Explanation.row 0 (Model.ofTexts [| text |] model) model

for pair in why |> List.filter _.Predicted do
    printfn $"{model.Labels.Name pair.Label}: score {pair.Score:F2}, threshold {pair.Threshold:F2}"

// It prints:
// System.OutOfMemoryException: score 2.25, threshold 0.35
// System.IO.IOException: score 1.04, threshold -0.25
// System.ArgumentOutOfRangeException: score -1.40, threshold -2.23
