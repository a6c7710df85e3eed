module Limen.Properties.StoreProperties

open System
open System.IO
open System.Security.Cryptography
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

let private texts = [| "red, round, big"; "round, small"; "red, square, small" |]

let private commas =
    Func<string, seq<string>>(fun text -> text.Split([| ", " |], StringSplitOptions.None))

/// A model of a few texts.
let private textModel (options: VectoriserOptions) : Model =
    let rows =
        LabelledRows.ofNames (Rows.Texts texts) [| [| "a" |]; [| "b" |]; [| "a" |] |]

    Pipeline.fit
        { ModelOptions.defaults with
            Global = None
            Local = None
            Scorers = [ Linear.scorer LinearOptions.standard ]
        }
        [ options ]
        FeatureKind.Automatic
        rows
        None
        ignore
        Threading.CancellationToken.None

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

                    /// With a checksum that is right again, so that the key alone is wrong.
                    let withKey (known: string) (other: string) =
                        let changed = text.Replace($"\"{known}\":", $"\"{other}\":")
                        Require.notEqual text changed
                        File.WriteAllText(path, changed)
                        let sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes path))
                        File.WriteAllText(Path.Combine(folder, "manifest.json.sha256"), $"{sum}  manifest.json\n")

                    withKey "Candidates" "Candidate"
                    refused folder "damaged"
                    withKey "Library" "Maker"
                    refused folder "it has the key \"Maker\", which this version does not know"))

            testCase "an empty folder holds no model" (fun () ->
                inFolder (fun folder ->
                    Directory.CreateDirectory folder |> ignore
                    refused folder "no saved model"))

            testTheory
                "what reads texts is saved with the model"
                [
                    "words", VectoriserOptions(Tokens = Tokens.Words, LongestTerm = 2), []
                    "letters", VectoriserOptions(Tokens = Tokens.Letters, SublinearTf = false), []
                    "characters", VectoriserOptions(Tokens = Tokens.Characters(2, 4), MaxFeatures = Nullable 20), []
                    "beginnings", VectoriserOptions(FirstWords = Nullable 2), []
                    "own", VectoriserOptions(Tokens = Tokens.Of commas), [ commas ]
                ]
                (fun (_: string, options, tokenisers) ->
                    inFolder (fun folder ->
                        let model = textModel options
                        Store.save folder model
                        let again = Store.loadWith tokenisers folder

                        Require.equal
                            (SmallProblem.entries (Model.features (Rows.Texts texts) model))
                            (SmallProblem.entries (Model.features (Rows.Texts texts) again))))

            testCase "a model of another's tokeniser is refused without it" (fun () ->
                inFolder (fun folder ->
                    Store.save folder (textModel (VectoriserOptions(Tokens = Tokens.Of commas)))
                    refused folder "load it with that tokeniser"

                    let other = Func<string, seq<string>>(fun text -> [ text ])

                    let error =
                        Require.thrown<ModelFormatException>(fun () -> Store.loadWith [ other ] folder)

                    Require.contains "none of the tokenisers given" error.Message

                    let idle =
                        Require.thrown<ArgumentException>(fun () -> Store.loadWith [ commas; other ] folder)

                    Require.contains "received 1 that it was not" idle.Message))

            testCase "a tokeniser that a model does not ask for is refused" (fun () ->
                inFolder (fun folder ->
                    Store.save folder (textModel (VectoriserOptions()))

                    let idle =
                        Require.thrown<ArgumentException>(fun () -> Store.loadWith [ commas ] folder)

                    Require.contains "received 1 that it was not" idle.Message))
        ]
