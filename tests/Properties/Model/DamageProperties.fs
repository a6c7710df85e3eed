/// Damaged folders, each refused for what is wrong with it. Where a checksum would tell, it is made right again: what a hostile hand can do, a checksum does not tell.
module Limen.Properties.DamageProperties

open System
open System.Buffers.Binary
open System.IO
open System.Text
open System.Text.Json.Nodes
open System.Text.RegularExpressions
open Expecto
open Limen
open Limen.Core
open Limen.Fuzz

let private model = SmallProblem.model

/// A linear model of numbers: weights, bias, and nothing of the training rows.
let private linear =
    lazy
        (SmallProblem.fit
            { ModelOptions.defaults with
                Global = None
                Local = None
                Scorers = [ Linear.scorer LinearOptions.standard ]
            }
            (SmallProblem.dataset 120 1)
            (Some(SmallProblem.dataset 40 2)))

let private saved (model: Lazy<Model>) (test: string -> unit) =
    TemporaryFolder.using (fun around ->
        let folder = Path.Combine(around, "model")
        Store.save folder model.Value
        test folder)

let private refused (words: string) (folder: string) =
    Require.refusal<ModelFormatException>(fun () -> Store.load folder)
    |> Require.contains words

let private rewrite (file: string) (change: string -> string) (folder: string) =
    let path = Path.Combine(folder, file)
    File.WriteAllText(path, change (File.ReadAllText path))

/// Changes the manifest and makes its checksum right again.
let private manifest (change: JsonNode -> unit) (folder: string) =
    rewrite
        "manifest.json"
        (fun text ->
            let json = JsonNode.Parse text
            change json
            json.ToJsonString())
        folder

    SavedFolder.seal folder

/// Changes the header of the arrays and makes all checksums right again.
let private header (change: string -> string) (folder: string) =
    SavedFolder.changeHeader change (Path.Combine(folder, "weights.safetensors"))
    SavedFolder.seal folder

let private entry (name: string) (change: JsonNode -> unit) =
    header (fun text ->
        let json = JsonNode.Parse text
        change (json[name])
        json.ToJsonString())

let private append (file: string) (bytes: byte[]) (folder: string) =
    let path = Path.Combine(folder, file)
    File.WriteAllBytes(path, Array.append (File.ReadAllBytes path) bytes)
    SavedFolder.seal folder

let private put (key: string) (value: JsonNode) (json: JsonNode) = json[key] <- value

let private list (numbers: obj list) : JsonNode =
    JsonArray [| for n in numbers -> JsonValue.Create n :> JsonNode |]

let private at (keys: string list) (json: JsonNode) : JsonNode =
    (json, keys) ||> List.fold (fun node key -> node[key])

let private firstScorer (json: JsonNode) : JsonNode =
    let scorers = at [ "Model"; "Ranker"; "Scorers" ] json
    scorers[0]

/// What is done to a folder, and words of the reason for which it is refused.
let private damages: (string * (string -> unit) * string) list =
    let all (text: string) (folder: string) =
        rewrite "manifest.json" (fun _ -> text) folder
        SavedFolder.seal folder

    [
        // manifest
        "the manifest is null", all "null", "expected an object, found null"
        "the manifest is a list", all "[]", "expected an object, found Array"
        "the manifest is empty", all "", "manifest.json: the file is damaged"
        "the manifest's format is no whole number",
        manifest (put "Format" (JsonValue.Create 2.5)),
        "expected the number of its format, found 2.5"
        "the manifest has a key twice",
        (fun folder ->
            rewrite
                "manifest.json"
                (fun t -> t.Replace("\"Kind\": \"model\",", "\"Kind\": \"model\", \"Kind\": \"model\","))
                folder

            SavedFolder.seal folder),
        "uplicate"
        "the manifest has an unknown key", manifest (put "Further" (JsonValue.Create 1)), "\"Further\""
        "a file's checksum is null",
        manifest (fun json -> at [ "Files" ] json |> put "strings.json" null),
        "the one in the manifest is missing"
        "the manifest names no files", manifest (put "Files" null), "the one in the manifest is missing"
        "a part of the model is missing",
        manifest (fun json -> (at [ "Model" ] json).AsObject().Remove "Decision" |> ignore),
        "manifest.json: the file is damaged"
        "a part of the model is null", manifest (fun json -> at [ "Model" ] json |> put "Labels" null), "manifest.json"
        "the kind is a number", manifest (put "Kind" (JsonValue.Create 1)), "manifest.json"
        "the kind is unknown", manifest (put "Kind" (JsonValue.Create "weights")), "it holds \"weights\""
        "a scorer is unknown",
        manifest (fun json -> firstScorer json |> put "Tag" (JsonValue.Create "oracle")),
        "\"oracle\" is none of the variants"
        "an array is named that is not there",
        manifest (fun json -> firstScorer json |> at [ "Data" ] |> put "Bias" (JsonValue.Create "array.99")),
        "the array \"array.99\" is missing"
        "the checksum of the manifest is missing",
        (fun folder -> File.Delete(Path.Combine(folder, "manifest.json.sha256"))),
        "manifest.json.sha256: the file is missing"
        // strings
        "strings.json is no JSON",
        (fun folder ->
            rewrite "strings.json" (fun text -> text.Substring 1) folder
            SavedFolder.seal folder),
        "strings.json: the file is damaged"
        "strings.json holds null",
        (fun folder ->
            rewrite "strings.json" (fun text -> text.Replace("\"label 1\"", "null")) folder
            SavedFolder.seal folder),
        "expected strings, found null"
        "a label stands twice",
        (fun folder ->
            rewrite "strings.json" (fun text -> text.Replace("label 2", "label 1")) folder
            SavedFolder.seal folder),
        "\"label 1\" stands twice"
        "a label is missing",
        (fun folder ->
            rewrite "strings.json" (fun text -> text.Replace("\"label 1\",", "")) folder
            SavedFolder.seal folder),
        "do not fit each other"
        // arrays
        "an array has no shape",
        entry "array.0" (fun e -> e.AsObject().Remove "shape" |> ignore),
        "the array \"array.0\": expected shape"
        "an array has no type",
        entry "array.0" (fun e -> e.AsObject().Remove "dtype" |> ignore),
        "the array \"array.0\": expected dtype"
        "an array has a further field", entry "array.0" (put "order" (JsonValue.Create "C")), "found \"order\""
        "an array has an unknown type", entry "array.0" (put "dtype" (JsonValue.Create "BF16")), "found BF16"
        "a size is no whole number",
        entry "array.0" (put "shape" (list [ 1.5 ])),
        "expected a whole number from 0, found 1.5"
        "a size is negative", entry "array.0" (put "shape" (list [ -1 ])), "expected a whole number from 0, found -1"
        "sizes multiply to 2^64", entry "array.0" (put "shape" (list [ 4294967296L; 4294967296L ])), "expected at most"
        "sizes multiply to 2^64 and one more array",
        entry "array.0" (put "shape" (list [ 2147483647; 2147483647; 4 ])),
        "expected at most"
        "an offset is negative",
        entry "array.0" (put "data_offsets" (list [ -4; 0 ])),
        "expected a whole number from 0, found -4"
        "offsets and shape differ", entry "array.0" (put "data_offsets" (list [ 0; 4 ])), "as its shape says"
        "an entry is a number",
        header (fun text -> text.Replace("{\"array.0\":", "{\"array.z\":7,\"array.0\":")),
        "expected an object, found 7"
        "an entry stands twice",
        header (fun text ->
            let json = JsonNode.Parse text
            text.Replace("{\"array.0\":", "{\"array.0\":" + (json["array.0"]).ToJsonString() + ",\"array.0\":")),
        "uplicate"
        "entries overlap",
        header (fun text ->
            let json = JsonNode.Parse text
            json["array.9"] <- (json["array.0"]).DeepClone()
            json.ToJsonString()),
        "where the one before ends"
        "the header is a list", header (fun _ -> "[]"), "expected an object"
        "bytes lie between header and arrays",
        (fun folder ->
            SavedFolder.changeArrays
                (Array.append [| 0uy; 0uy; 0uy; 0uy |])
                (Path.Combine(folder, "weights.safetensors"))

            SavedFolder.seal folder),
        "bytes of arrays after the header"
        "bytes lie after the arrays", append "weights.safetensors" [| 0uy |], "bytes of arrays after the header"
        "the header's length is negative",
        (fun folder ->
            let path = Path.Combine(folder, "weights.safetensors")
            let bytes = File.ReadAllBytes path
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(), -1L)
            File.WriteAllBytes(path, bytes)
            SavedFolder.seal folder),
        "the header's length -1"
        "an array is not the model's",
        header (fun text ->
            let json = JsonNode.Parse text
            json["array.z"] <- JsonNode.Parse """{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"""
            json.ToJsonString()),
        "keys or values that this version does not know"
        // numbers
        "a weight is not a number",
        (fun folder ->
            SavedFolder.changeArrays
                (fun bytes ->
                    BitConverter.GetBytes(nanf).CopyTo(bytes, bytes.Length - 4)
                    bytes)
                (Path.Combine(folder, "weights.safetensors"))

            SavedFolder.seal folder),
        ""
        "a model has no scorers",
        manifest (fun json -> at [ "Model"; "Ranker" ] json |> put "Scorers" (JsonArray())),
        "manifest.json"
        "no label is a candidate",
        manifest (fun json -> at [ "Model"; "Ranker" ] json |> put "Candidates" (JsonValue.Create 0)),
        "candidates: expected one or more, found 0"
        "a slope is too much",
        manifest (fun json ->
            let slopes =
                (at [ "Model"; "Decision"; "Stack"; "Some"; "Value"; "Margins" ] json).AsArray()

            slopes.Add((slopes[0]).DeepClone())),
        "slopes of the stack: expected 1 numbers, found 2"
        "an older format", manifest (put "Format" (JsonValue.Create 4)), "an older version of Limen wrote it"
        "a newer format", manifest (put "Format" (JsonValue.Create 6)), "a newer version of Limen wrote it"
    ]

let private linked (target: string -> string) (file: string) (folder: string) =
    let path = Path.Combine(folder, file)
    let target = target path
    File.Delete path
    File.CreateSymbolicLink(path, target) |> ignore

let private files =
    [
        "manifest.json"
        "manifest.json.sha256"
        "weights.safetensors"
        "strings.json"
    ]

[<Tests>]
let tests =
    testList
        "Damage"
        [
            testList
                "is refused for what it is"
                [
                    for name, damage, words in damages ->
                        testCase name (fun () ->
                            saved linear (fun folder ->
                                damage folder
                                refused words folder))
                ]

            testTheory "a changed bit of any file is damage" files (fun file ->
                saved model (fun folder ->
                    let path = Path.Combine(folder, file)
                    let bytes = File.ReadAllBytes path

                    for at in 0 .. max 1 (bytes.Length / 40) .. bytes.Length - 1 do
                        let changed = Array.copy bytes
                        changed[at] <- changed[at] ^^^ 1uy
                        File.WriteAllBytes(path, changed)
                        refused "" folder))

            testCase "another number in the manifest is damage" (fun () ->
                saved model (fun folder ->
                    rewrite "manifest.json" (fun text -> Regex.Replace(text, @"(""Rare"": -?)\d", "${1}9")) folder
                    refused "manifest.json: the file is damaged: its checksum is" folder))

            testTheory "a device, a pipe or a folder is no file of a model" files (fun file ->
                if not (OperatingSystem.IsLinux()) then
                    skiptest "pipes and devices of Linux"

                saved model (fun folder ->
                    let path = Path.Combine(folder, file)
                    linked (fun _ -> "/dev/zero") file folder
                    refused $"{file}: expected a regular file, found a device" folder
                    File.Delete path
                    OwnProcess.command "mkfifo" [ path ] |> Require.equal 0
                    refused $"{file}: expected a regular file, found a pipe" folder

                    // a save looks at the manifest too
                    if file = "manifest.json" then
                        Require.throws<IOException>(fun () ->
                            Store.save folder model.Value
                            null)

                    File.Delete path
                    Directory.CreateDirectory path |> ignore
                    refused $"{file}: expected a regular file, found a folder" folder))

            testTheory "a link to a file is as good as the file" files (fun file ->
                saved model (fun folder ->
                    linked
                        (fun path ->
                            let elsewhere = folder + "." + file
                            File.Copy(path, elsewhere)
                            elsewhere)
                        file
                        folder

                    Store.load folder |> ignore))
        ]
