module Limen.Properties.ModelFolderProperties

open System
open System.IO
open System.Text.Json.Nodes
open Expecto
open Limen.Core

let private model = SmallProblem.model

/// Every file below a folder, with its text.
let private texts (folder: string) : (string * string) list =
    Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
    |> Array.sort
    |> Array.map (fun file -> Path.GetRelativePath(folder, file), File.ReadAllText file)
    |> Array.toList

let private write (folder: string) (names: string list) =
    for name in names do
        let file = Path.Combine(folder, name)
        Directory.CreateDirectory(Path.GetDirectoryName file) |> ignore
        File.WriteAllText(file, $"the text of {name}")

/// Saving is refused in the given words, and leaves everything as it was, in the folder and beside it.
let private refused (words: string) (around: string) (target: string) =
    let before = texts around

    Require.refusal<IOException>(fun () ->
        Store.save target model.Value
        null)
    |> Require.equal $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath target)}: {words}"

    Require.equal before (texts around)

let private inside (folder: string) (f: unit -> unit) =
    let before = Environment.CurrentDirectory

    try
        Environment.CurrentDirectory <- folder
        f ()
    finally
        Environment.CurrentDirectory <- before

/// A test in a folder that is called "model", in one of its own.
let private inModelFolder (test: string -> string -> unit) =
    TemporaryFolder.using (fun around -> test around (Path.Combine(around, "model")))

[<Tests>]
let tests =
    testList
        "ModelFolder"
        [
            testTheory
                "a folder that holds other files is refused, naming them"
                [
                    [ "thesis.txt" ], "thesis.txt"
                    [ "b"; "a/deep"; ".hidden" ], ".hidden, a, b"
                    [ "1"; "2"; "3"; "4"; "5"; "6"; "7" ], "1, 2, 3, 4, 5 and 2 more"
                    [ "weights.safetensors"; "strings.json" ], "strings.json, weights.safetensors"
                ]
                (fun (files, found) ->
                    inModelFolder (fun around folder ->
                        write folder files
                        refused $"expected an empty folder, or one with a saved model, found {found}" around folder))

            testTheory
                "a manifest of something else makes no saved model"
                [
                    "{}"
                    "[]"
                    "null"
                    "no JSON"
                    ""
                    """{ "name": "a web app", "icons": [] }"""
                    """{ "Format": 2, "Library": "Another 1.0", "Files": {} }"""
                    """{ "Format": "2", "Library": "Limen 1.0", "Files": {} }"""
                    """{ "Format": 2, "Library": "Limen 1.0", "Files": [] }"""
                    """{ "Format": 2, "Library": "Limen 1.0" }"""
                ]
                (fun text ->
                    inModelFolder (fun around folder ->
                        Directory.CreateDirectory folder |> ignore
                        File.WriteAllText(Path.Combine(folder, "manifest.json"), text)

                        refused
                            "expected an empty folder, or one with a saved model, found manifest.json"
                            around
                            folder))

            testCase "a file is refused" (fun () ->
                inModelFolder (fun around folder ->
                    write around [ "model" ]
                    refused "expected a folder for the model, or nothing yet, found a file" around folder))

            testTheory
                "what lies beside a saved model is refused, naming it, and the model stays"
                [ [ "notes.txt" ], "notes.txt"; [ "run/log"; "a" ], "a, run" ]
                (fun (files, found) ->
                    inModelFolder (fun around folder ->
                        Store.save folder model.Value
                        write folder files

                        refused
                            $"expected nothing beside the saved model, whose folder is replaced, found {found}"
                            around
                            folder

                        Store.load folder |> ignore))

            testCase "a folder in the place of a model's file is no file of the model" (fun () ->
                inModelFolder (fun around folder ->
                    Store.save folder model.Value
                    File.Delete(Path.Combine(folder, "strings.json"))
                    write folder [ "strings.json/thesis.txt" ]

                    refused
                        "expected nothing beside the saved model, whose folder is replaced, found strings.json"
                        around
                        folder))

            testTheory "a model is saved where nothing is yet, and in an empty folder" [ false; true ] (fun isThere ->
                inModelFolder (fun around folder ->
                    if isThere then
                        Directory.CreateDirectory folder |> ignore

                    Store.save folder model.Value
                    Store.load folder |> ignore
                    Require.equal [| folder |] (Directory.GetFileSystemEntries around)))

            testTheory
                "a saved model is replaced however its folder is spelled"
                [ ""; "/"; "/."; "/../model"; "/../model/" ]
                (fun ending ->
                    inModelFolder (fun around folder ->
                        Store.save folder model.Value
                        let written = File.GetLastWriteTimeUtc(Path.Combine(folder, "strings.json"))
                        File.WriteAllText(Path.Combine(folder, "strings.json"), "damaged")
                        Store.save (folder + ending) model.Value
                        Store.load folder |> ignore
                        Require.atLeast written (File.GetLastWriteTimeUtc(Path.Combine(folder, "strings.json")))
                        Require.equal [| folder |] (Directory.GetFileSystemEntries around)))

            testCase "a model of another format is replaced with all files that its manifest names" (fun () ->
                inModelFolder (fun _ folder ->
                    Store.save folder model.Value
                    let path = Path.Combine(folder, "manifest.json")
                    let manifest = JsonNode.Parse(File.ReadAllText path)
                    manifest["Format"] <- JsonValue.Create 1
                    manifest["Files"]["vocabulary.json"] <- JsonValue.Create "its checksum"
                    File.WriteAllText(path, manifest.ToJsonString())
                    File.Delete(Path.Combine(folder, "manifest.json.sha256"))
                    write folder [ "vocabulary.json" ]
                    Store.save folder model.Value
                    Store.load folder |> ignore
                    Require.isFalse (File.Exists(Path.Combine(folder, "vocabulary.json")))))

            testTheory "the working folder is never emptied" [ "."; "./"; "../model" ] (fun spelled ->
                inModelFolder (fun around folder ->
                    Directory.CreateDirectory folder |> ignore

                    inside folder (fun () ->
                        refused
                            "expected a folder that can be replaced, such as one in the working folder, found the working folder itself"
                            around
                            spelled)

                    Store.save folder model.Value

                    inside folder (fun () ->
                        refused
                            "expected a folder that can be replaced, such as one in the working folder, found the working folder itself"
                            around
                            spelled

                        write "." [ "thesis.txt" ]

                        refused
                            "expected nothing beside the saved model, whose folder is replaced, found thesis.txt"
                            around
                            spelled

                        refused "expected an empty folder, or one with a saved model, found model" around "..")

                    Store.load folder |> ignore))

            testCase "thresholds are saved by the same rules" (fun () ->
                inModelFolder (fun _ folder ->
                    write folder [ "thesis.txt" ]

                    Require.refusal<IOException>(fun () ->
                        Store.saveThresholds
                            folder
                            {
                                Labels = model.Value.Labels
                                Input = model.Value.Input
                                Counts = model.Value.Counts
                                Rarity = model.Value.Ranker.Rarity
                                Signal = None
                                Decision = model.Value.Decision
                                Origin = model.Value.Origin
                            }

                        null)
                    |> Require.endsWith "expected an empty folder, or one with a saved model, found thesis.txt"))

            testCase "a link stays a link, and the model that it leads to is replaced" (fun () ->
                inModelFolder (fun around folder ->
                    let linked = Path.Combine(around, "linked")
                    Store.save linked model.Value
                    let before = texts linked
                    File.WriteAllText(Path.Combine(linked, "strings.json"), "damaged")
                    Directory.CreateSymbolicLink(folder, "linked") |> ignore
                    Store.save folder model.Value
                    Store.load folder |> ignore
                    Require.equal "linked" (DirectoryInfo folder).LinkTarget
                    Require.equal before (texts linked)
                    write linked [ "thesis.txt" ]

                    refused
                        "expected nothing beside the saved model, whose folder is replaced, found thesis.txt"
                        linked
                        folder))

            testCase "a link to nothing yet leads to the model" (fun () ->
                inModelFolder (fun around folder ->
                    Directory.CreateSymbolicLink(folder, "later") |> ignore
                    Store.save folder model.Value
                    Require.equal "later" (DirectoryInfo folder).LinkTarget
                    Store.load (Path.Combine(around, "later")) |> ignore))

            testCase "a file that came in after the look is left when the old model goes" (fun () ->
                inModelFolder (fun _ folder ->
                    Store.save folder model.Value
                    write folder [ "thesis.txt" ]

                    Require.throws<IOException>(fun () ->
                        ModelFolder.discard folder
                        null)

                    Require.equal [ "thesis.txt", "the text of thesis.txt" ] (texts folder)))

            testCase "a manifest that names a file elsewhere does not reach it" (fun () ->
                inModelFolder (fun around folder ->
                    write around [ "thesis.txt" ]
                    Store.save folder model.Value
                    let path = Path.Combine(folder, "manifest.json")
                    let manifest = JsonNode.Parse(File.ReadAllText path)
                    manifest["Files"]["../thesis.txt"] <- JsonValue.Create "its checksum"
                    File.WriteAllText(path, manifest.ToJsonString())
                    Store.save folder model.Value
                    Require.isTrue (File.Exists(Path.Combine(around, "thesis.txt")))))
        ]
