namespace Limen.Properties

open System
open System.IO
open NUnit.Framework
open Limen.Core

/// Files that are packed: whole, cut off, damaged.
module PackedFileProperties =

    let private blocks =
        { Svmlight.defaults with
            BlockBytes = 1000
        }

    let private message (action: unit -> Dataset) : string =
        Assert.Throws<DataFormatException>(Action(fun () -> action () |> ignore)).Message

    let private packed (ending: string) (rows: int) test =
        TemporaryFolder.using (fun folder ->
            let path = Path.Combine(folder, "a.svm" + ending)
            Lines.write path (Seq.init rows (fun i -> $"{i % 7} {i}:{i % 100}.5"))
            test path)

    [<TestCase ".gz">]
    [<TestCase ".bz2">]
    let ``packed files one behind the other are one file`` (ending: string) =
        packed ending 1000 (fun path ->
            let once = File.ReadAllBytes path
            File.WriteAllBytes(path, Array.append once once)
            Require.equal 2000 ((Svmlight.read blocks path).Rows))

    [<TestCase ".gz">]
    [<TestCase ".bz2">]
    let ``a packed file that is cut off is refused`` (ending: string) =
        packed ending 20000 (fun path ->
            let whole = File.ReadAllBytes path

            for kept in [ whole.Length / 2; whole.Length - 1; 3 ] do
                File.WriteAllBytes(path, whole[.. kept - 1])
                let said = message (fun () -> Svmlight.read blocks path)

                Assert.That(
                    said,
                    Does.Match $@"a\.svm\{ending}:\d+:1: expected a whole \{ending} file, found damage: "
                ))

    [<TestCase ".gz">]
    [<TestCase ".bz2">]
    let ``a packed file with a changed byte is refused, at the damage or at what it makes of the text``
        (ending: string)
        =
        packed ending 20000 (fun path ->
            let bytes = File.ReadAllBytes path

            for at in [ bytes.Length / 2; bytes.Length - 6 ] do
                let changed = Array.copy bytes
                changed[at] <- changed[at] ^^^ 0x55uy
                File.WriteAllBytes(path, changed)
                let said = message (fun () -> Svmlight.read blocks path)
                Assert.That(said, Does.Contain ": expected "))

    [<Test>]
    let ``a packed file without any bytes has no rows`` () =
        TemporaryFolder.using (fun folder ->
            for ending in [ ".gz"; ".bz2" ] do
                let path = Path.Combine(folder, "a.svm" + ending)
                File.WriteAllBytes(path, [||])
                let said = message (fun () -> Svmlight.read Svmlight.defaults path)
                Assert.That(said, Does.EndWith ":1:1: expected at least one row, found none"))
