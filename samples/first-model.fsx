// The main job in ten lines:  dotnet fsi first-model.fsx
#r "nuget: Limen.Core"

open System.Threading
open Limen.Core

let docs = ApiDocs.read ()

let options =
    { ModelOptions.defaults with
        Scorers = [ Linear LinearOptions.standard ]
    }

let model =
    Pipeline.fitText options Vectoriser.defaults None docs.Train docs.Validation ignore CancellationToken.None

let text = "Waits for the task to complete or the token to be cancelled."

let why = Explanation.row 0 (Model.ofTexts [| text |] model) model

for pair in why |> List.filter _.Predicted do
    printfn $"{model.Labels.Name pair.Label}: score {pair.Score:F2}, threshold {pair.Threshold:F2}"

// It prints:
// System.Threading.CancellationToken: score 2.02, threshold -0.93
// System.OperationCanceledException: score 0.42, threshold -1.67
// System.AggregateException: score -1.00, threshold -1.43
