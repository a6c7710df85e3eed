/// The page about the format is enough to read a model in another language.
module Limen.Properties.ModelFormatProperties

open System
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open Expecto
open Limen.Core

/// A linear model of rows that are taken as they are, every label a candidate.
let private model =
    lazy
        (SmallProblem.fit
            { ModelOptions.defaults with
                Local = None
                Scorers = [ Linear.scorer LinearOptions.standard ]
                Candidates = SmallProblem.labels
            }
            (SmallProblem.dataset 200 1)
            (Some(SmallProblem.dataset 60 2)))

let private reader =
    Path.Combine(__SOURCE_DIRECTORY__, "..", "Fixtures", "reader.py")

/// What python3 prints; None where there is no python3.
let private python (arguments: string list) : string option =
    let start = ProcessStartInfo("python3", arguments, RedirectStandardOutput = true)

    match
        (try
            Process.Start start |> Option.ofObj
         with :? ComponentModel.Win32Exception ->
             None)
    with
    | None -> None
    | Some running ->
        use running = running
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        Require.equal 0 running.ExitCode
        Some output

let private rowsAsJson (rows: Dataset) : string =
    JsonArray(
        [|
            for row in 0 .. rows.Rows - 1 ->
                JsonArray(
                    [|
                        for struct (feature, value) in Csr.row row rows.Features ->
                            JsonArray(JsonValue.Create feature, JsonValue.Create value) :> JsonNode
                    |]
                )
                :> JsonNode
        |]
    )
        .ToJsonString()

[<Tests>]
let tests =
    testList
        "ModelFormat"
        [
            testCase "a reader in Python scores rows as the library does" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let rows = SmallProblem.dataset 20 3
                    let saved, given = Path.Combine(folder, "model"), Path.Combine(folder, "rows.json")
                    Store.save saved model.Value
                    File.WriteAllText(given, rowsAsJson rows)
                    let reader = Path.Combine(folder, "reader.py")
                    File.WriteAllText(reader, Fixtures.text "reader.py")

                    match python [ reader; saved; given ] with
                    | None -> skiptest "python3 is not here"
                    | Some output ->
                        let read = JsonNode.Parse output
                        let labels = [ for name in (read["labels"]).AsArray() -> string name ]
                        Require.equal (List.ofSeq model.Value.Labels.Names) labels

                        let theirs =
                            [
                                for row in (read["scores"]).AsArray() do
                                    for score in row.AsArray() -> score.GetValue<float>()
                            ]

                        let ours =
                            [
                                for _, _, score in
                                    SmallProblem.entries (Model.scores rows.Features model.Value).Matrix ->
                                    float score
                            ]

                        Require.equal ours.Length theirs.Length

                        List.iter2
                            (fun ours theirs -> Require.atMost (1e-5 * (1.0 + abs ours)) (abs (ours - theirs)))
                            ours
                            theirs))
        ]
