namespace Limen.Properties

open System
open System.IO
open NUnit.Framework
open Limen.Core

module StoreProperties =

    let private inFolder (f: string -> unit) =
        let folder = Path.Combine(Path.GetTempPath(), $"limen-{Guid.NewGuid():N}")

        try
            f folder
        finally
            if Directory.Exists folder then
                Directory.Delete(folder, true)

    let private test = SmallProblem.dataset 60 7

    let private refused (folder: string) (words: string) =
        let error =
            Assert.Throws<ModelFormatException>(Action(fun () -> Store.load folder |> ignore))

        Assert.That(error.Message, Does.Contain words)

    [<Test>]
    let ``saving and loading is the identity on predictions`` () =
        inFolder (fun folder ->
            let model = SmallProblem.model.Value
            Store.save folder model
            let again = Store.load folder

            Assert.That(
                (SmallProblem.entries (Model.scores test.Features again) =
                    SmallProblem.entries (Model.scores test.Features model))
            )

            Assert.That(
                (SmallProblem.entries (Model.predict test.Features again) =
                    SmallProblem.entries (Model.predict test.Features model))
            ))

    [<Test>]
    let ``saving over a model replaces it and leaves nothing else beside it`` () =
        inFolder (fun folder ->
            Store.save folder SmallProblem.model.Value
            Store.save folder SmallProblem.model.Value
            Store.load folder |> ignore

            let beside =
                Directory.GetDirectories(Path.GetTempPath(), Path.GetFileName folder + "*")

            Assert.That(beside, Is.EqualTo<string[]> [| folder |]))

    [<TestCase("weights.safetensors")>]
    [<TestCase("strings.json")>]
    let ``a changed byte is damage, and the file is named`` (file: string) =
        inFolder (fun folder ->
            Store.save folder SmallProblem.model.Value
            let path = Path.Combine(folder, file)
            let bytes = File.ReadAllBytes path
            bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
            File.WriteAllBytes(path, bytes)
            refused folder file)

    [<Test>]
    let ``a missing file is named`` () =
        inFolder (fun folder ->
            Store.save folder SmallProblem.model.Value
            File.Delete(Path.Combine(folder, "strings.json"))
            refused folder "strings.json: the file is missing")

    [<Test>]
    let ``another format is refused as newer or older, an unknown key as damage`` () =
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
            File.WriteAllText(path, text.Replace("\"Rows\":", "\"Raws\":"))
            refused folder "damaged")

    [<Test>]
    let ``an empty folder holds no model`` () =
        inFolder (fun folder ->
            Directory.CreateDirectory folder |> ignore
            refused folder "no saved model")
