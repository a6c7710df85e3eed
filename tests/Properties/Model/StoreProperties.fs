module Limen.Properties.StoreProperties

open System
open System.IO
open Expecto
open Limen
open Limen.Core

let private inFolder (f: string -> unit) =
    let folder = Path.Combine(Path.GetTempPath(), $"limen-{Guid.NewGuid():N}")

    try
        f folder
    finally
        if Directory.Exists folder then
            Directory.Delete(folder, true)

let private test = SmallProblem.dataset 60 7

let private refused (folder: string) (words: string) =
    let error = Require.thrown<ModelFormatException>(fun () -> Store.load folder)

    Require.contains words error.Message

[<Tests>]
let tests =
    testList
        "Store"
        [
            testCase "saving and loading is the identity on predictions" (fun () ->
                inFolder (fun folder ->
                    let model = SmallProblem.model.Value
                    Store.save folder model
                    let again = Store.load folder

                    Require.equal
                        (SmallProblem.entries (Model.scores test.Features model).Matrix)
                        (SmallProblem.entries (Model.scores test.Features again).Matrix)

                    Require.equal
                        (SmallProblem.entries (Model.predict test.Features model).Matrix)
                        (SmallProblem.entries (Model.predict test.Features again).Matrix)))

            testCase "saving over a model replaces it and leaves nothing else beside it" (fun () ->
                inFolder (fun folder ->
                    Store.save folder SmallProblem.model.Value
                    Store.save folder SmallProblem.model.Value
                    Store.load folder |> ignore

                    let beside =
                        Directory.GetDirectories(Path.GetTempPath(), Path.GetFileName folder + "*")

                    Require.equal [| folder |] beside))

            testTheory
                "a changed byte is damage, and the file is named"
                [ "weights.safetensors"; "strings.json" ]
                (fun (file: string) ->
                    inFolder (fun folder ->
                        Store.save folder SmallProblem.model.Value
                        let path = Path.Combine(folder, file)
                        let bytes = File.ReadAllBytes path
                        bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
                        File.WriteAllBytes(path, bytes)
                        refused folder file))

            testCase "a missing file is named" (fun () ->
                inFolder (fun folder ->
                    Store.save folder SmallProblem.model.Value
                    File.Delete(Path.Combine(folder, "strings.json"))
                    refused folder "strings.json: the file is missing"))

            testCase "another format is refused as newer or older, an unknown key as damage" (fun () ->
                inFolder (fun folder ->
                    Store.save folder SmallProblem.model.Value
                    let path = Path.Combine(folder, "manifest.json")
                    let text = File.ReadAllText path

                    let ofFormat (number: int) =
                        File.WriteAllText(path, text.Replace($"\"Format\": {Store.format}", $"\"Format\": {number}"))

                    ofFormat (Store.format + 1)
                    refused folder "newer version of Limen"
                    ofFormat (Store.format - 1)
                    refused folder "older version of Limen"
                    File.WriteAllText(path, text.Replace("\"Candidates\":", "\"Candidate\":"))
                    refused folder "damaged"))

            testCase "an empty folder holds no model" (fun () ->
                inFolder (fun folder ->
                    Directory.CreateDirectory folder |> ignore
                    refused folder "no saved model"))
        ]
