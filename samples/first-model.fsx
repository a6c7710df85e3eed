// The main job in ten lines, on texts that the .NET SDK brings along (limen demo --corpus docs):  dotnet fsi first-model.fsx
#r "nuget: Limen.Core"

open System.Threading
open Limen
open Limen.Core

let docs = (Folder.read Folder.defaults "docs").Rows

let options =
    { ModelOptions.defaults with
        Scorers = [ Linear.scorer LinearOptions.standard ]
    }

let model =
    Pipeline.fit
        options
        [ VectoriserOptions() ]
        FeatureKind.Automatic
        docs.Train
        docs.Validation
        ignore
        CancellationToken.None

let text = "Waits for the task to complete or the token to be cancelled."

let why = Explanation.row 0 (Model.features (Rows.Texts [| text |]) model) model

for label in why.Prediction.Candidates |> Seq.filter _.IsPredicted do
    printfn $"{label.Label}: score {label.Score:F2}, threshold {label.Threshold:F2}"

// It prints:
// System.Threading.CancellationToken: score 2.38, threshold -1.13
// System.OperationCanceledException: score 0.25, threshold -1.31
// System.AggregateException: score -1.10, threshold -1.37
