/// Runs of the command line on data and models that its laws share, and what they gave.
module Limen.Properties.CommandCases

open System.IO
open System.Text.Json.Nodes
open Limen.Core

/// The folder with data and models that all laws of the command line share.
let folder () = CommandLine.shared.Value

let run arguments =
    CommandLine.run (folder ()) arguments |> CommandLine.succeeds

let json (ran: Ran) = JsonNode.Parse(ran.Output).AsObject()

let model name =
    Store.load (Path.Combine(folder (), name, "model"))

let testRows () =
    InputFormats.read None (Path.Combine(folder (), "data", "test.jsonl"))

let names (node: JsonNode) =
    node.AsArray() |> Seq.map (fun n -> n.GetValue<string>()) |> List.ofSeq

/// The labels of the model for the test texts.
let predicted (model: Model) =
    let rows = testRows ()
    Explanation.rows (Model.features rows.Rows model) model |> Array.toList

/// The files of a model.
let models (folder: string) =
    [
        for file in Directory.GetFiles(Path.Combine(folder, "model")) |> Array.sort ->
            Path.GetFileName file, File.ReadAllBytes file
    ]
