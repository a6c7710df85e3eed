// The main job in ten lines. After ./build.sh test (or demo):  dotnet fsi samples/first-model.fsx
#r "../src/Core.FSharp/bin/Release/net10.0/Limen.Kernels.dll"
#r "../src/Core.FSharp/bin/Release/net10.0/Limen.Core.dll"

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

let text = "Reads a sequence of bytes from the stream and advances its position."

let why = Explanation.row 0 (Model.ofTexts [| text |] model) model

for pair in why |> List.filter _.Predicted do
    printfn $"{model.Labels.Name pair.Label}: score {pair.Score:F2}, threshold {pair.Threshold:F2}"
