/// Files that are packed: whole, cut off, damaged.
module Limen.Properties.PackedFileProperties

open System.IO
open Expecto
open Limen.Core

let private blocks =
    { Svmlight.defaults with
        BlockBytes = 1000
    }

let private message (action: unit -> Dataset) : string =
    Require.refusal<DataFormatException>(fun () -> action ())

let private packed (ending: string) (rows: int) test =
    TemporaryFolder.using (fun folder ->
        let path = Path.Combine(folder, "a.svm" + ending)
        Lines.write path (Seq.init rows (fun i -> $"{i % 7} {i}:{i % 100}.5"))
        test path)

[<Tests>]
let tests =
    testList
        "PackedFile"
        [
            testTheory "packed files one behind the other are one file" [ ".gz"; ".bz2" ] (fun (ending: string) ->
                packed ending 1000 (fun path ->
                    let once = File.ReadAllBytes path
                    File.WriteAllBytes(path, Array.append once once)
                    Require.equal 2000 ((Svmlight.read blocks path).Rows)))

            testTheory "a packed file that is cut off is refused" [ ".gz"; ".bz2" ] (fun (ending: string) ->
                packed ending 20000 (fun path ->
                    let whole = File.ReadAllBytes path

                    for kept in [ whole.Length / 2; whole.Length - 1; 3 ] do
                        File.WriteAllBytes(path, whole[.. kept - 1])
                        let said = message (fun () -> Svmlight.read blocks path)

                        Require.matches
                            ($@"a\.svm\{ending}:\d+:1: expected a whole \{ending} file, found damage: ")
                            said))

            testTheory
                "a packed file with a changed byte is refused, at the damage or at what it makes of the text"
                [ ".gz"; ".bz2" ]
                (fun (ending: string) ->
                    packed ending 20000 (fun path ->
                        let bytes = File.ReadAllBytes path

                        for at in [ bytes.Length / 2; bytes.Length - 6 ] do
                            let changed = Array.copy bytes
                            changed[at] <- changed[at] ^^^ 0x55uy
                            File.WriteAllBytes(path, changed)
                            let said = message (fun () -> Svmlight.read blocks path)
                            Require.contains ": expected " said))

            testCase "a packed file without any bytes has no rows" (fun () ->
                TemporaryFolder.using (fun folder ->
                    for ending in [ ".gz"; ".bz2" ] do
                        let path = Path.Combine(folder, "a.svm" + ending)
                        File.WriteAllBytes(path, [||])
                        let said = message (fun () -> Svmlight.read Svmlight.defaults path)
                        Require.endsWith ":1:1: expected at least one row, found none" said))
        ]
