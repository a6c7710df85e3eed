module Limen.Properties.InputFormatProperties

open System
open System.IO
open System.Reflection
open Expecto
open Limen.Core

/// A file of these lines, under each of the names that a format's files may have.
let private filesBeside
    (beside: (string * string list) list)
    (format: InputFormat)
    (lines: string list)
    (test: string -> bool)
    : bool =
    TemporaryFolder.using (fun folder ->
        for name, lines in beside do
            Lines.write (Path.Combine(folder, "f" + name)) lines

        List.allPairs format.Endings [ ""; ".gz"; ".bz2" ]
        |> List.forall (fun (ending, packing) ->
            let path = Path.Combine(folder, "f" + ending + packing)
            Lines.write path lines
            let holds = test path
            File.Delete path
            holds))

let private files (format: InputFormat) = filesBeside [] format

/// Each row's labels by name, and the row itself.
let private contents (path: string) (rows: FileRows) =
    let labelled = FileRows.labelled (FileRows.labelSpace [ rows ]) path rows
    let (LabelSets sets) = labelled.Truth

    [
        for row in 0 .. labelled.Count - 1 ->
            sets
            |> Csr.set row
            |> Array.map labelled.Space.Name
            |> Array.sort
            |> Array.toList,
            match labelled.Rows with
            | Rows.Texts texts -> texts[row], []
            | Rows.Features x -> "", List.ofArray (Csr.row row x)
            | Rows.Dense x -> "", List.ofArray [| for c in 0 .. x.GetLength 1 - 1 -> struct (c, x[row, c]) |]
            | Rows.Blocks _ -> failtest "expected rows of one kind"
    ]

let private isDescribed (entry: InputFormatEntry) =
    let isUri, source = Uri.TryCreate(entry.Source, UriKind.Absolute)

    isUri
    && source.Scheme = Uri.UriSchemeHttps
    && entry.Format.Name <> ""
    && entry.About <> ""
    && not entry.Format.Endings.IsEmpty
    && entry.Format.Endings |> List.forall _.Contains('.')
    && not entry.Examples.IsEmpty
    && not entry.Faulty.IsEmpty

let private readsItsExamples (entry: InputFormatEntry) =
    entry.Examples
    |> List.forall (fun example ->
        filesBeside example.Beside entry.Format example.Lines (fun path ->
            entry.Format.Read NoCache path |> contents path |> List.map fst = example.Labels))

let private isTold (entry: InputFormatEntry) =
    entry.Examples
    |> List.forall (fun example ->
        filesBeside example.Beside entry.Format example.Lines (fun path ->
            entry.Format.Looks(Lines.first path)
            && InputFormats.tryOfFile path |> Option.map _.Name = Some entry.Format.Name))

let private refusesFaults (entry: InputFormatEntry) =
    entry.Faulty
    |> List.forall (fun faulty ->
        files entry.Format faulty.Lines (fun path ->
            try
                entry.Format.Read NoCache path |> ignore
                false
            with :? DataFormatException as e ->
                (e.File, e.Line, e.Column) = (path, faulty.Line, faulty.Column)))

/// Weights for so many rows, all different.
let private someWeights rows =
    Array.init rows (fun row -> float32 row / 4f)

let private takesWeights (entry: InputFormatEntry) =
    entry.Examples
    |> List.forall (fun example ->
        filesBeside example.Beside entry.Format example.Lines (fun path ->
            let weights = someWeights example.Labels.Length
            Lines.write (path + ".weight") (weights |> Seq.map string)
            let rows = entry.Format.Read NoCache path
            File.Delete(path + ".weight")
            rows.Weights = Some weights && (entry.Format.Read NoCache path).Weights = None))

let private readsBackWhatItWrites (entry: InputFormatEntry) =
    match entry.Format.Write with
    | None -> true
    | Some write ->
        entry.Examples
        |> List.forall (fun example ->
            filesBeside example.Beside entry.Format example.Lines (fun path ->
                let rows = entry.Format.Read NoCache path

                [ Some(someWeights rows.Rows.Count); None ]
                |> List.forall (fun weights ->
                    write path { rows with Weights = weights }
                    let again = entry.Format.Read NoCache path
                    again.Weights = weights && contents path again = contents path rows)))

/// What is required of every registered format.
let private laws: (string * (InputFormatEntry -> bool)) list =
    [
        "is described, with examples and faults", isDescribed
        "reads its examples as they say, packed or not", readsItsExamples
        "is told by a file's ending and first line", isTold
        "refuses its faulty lines at their place", refusesFaults
        "takes the weights of the file beside", takesWeights
        "reads back what it writes, weights too", readsBackWhatItWrites
    ]

/// The laws that an entry breaks.
let private broken (entry: InputFormatEntry) =
    laws |> List.filter (fun (_, law) -> not (law entry)) |> List.map fst

/// The modules with an entry that is not in the registry.
let private unregistered (assembly: Assembly) =
    assembly.GetTypes()
    |> Array.choose (fun t ->
        match t.GetProperty("entry", BindingFlags.Public ||| BindingFlags.Static) with
        | null -> None
        | entry when entry.PropertyType <> typeof<InputFormatEntry> -> None
        | entry ->
            let entry = entry.GetValue null

            if InputFormats.all |> List.exists (fun e -> obj.ReferenceEquals(e, entry)) then
                None
            else
                Some t.Name)

/// A format that nobody registered.
module Planted =
    let entry: InputFormatEntry = { JsonLines.entry with Examples = [] }

/// Entries that each break one law, or more where one follows from another.
let private planted: (string list * InputFormatEntry) list =
    let good = JsonLines.entry
    let read = good.Format.Read
    let write = good.Format.Write.Value

    let withFormat change =
        { good with
            Format = change good.Format
        }

    let laws = laws |> List.map fst

    [
        [ laws[0] ], Planted.entry
        [ laws[0] ], { good with Faulty = [] }
        [ laws[0] ], { good with Source = "" }
        [ laws[0] ], { good with About = "" }
        [ laws[1] ],
        { good with
            Examples =
                [
                    {
                        Lines = good.Examples.Head.Lines
                        Labels = [ []; [] ]
                        Beside = []
                    }
                ]
        }
        [ laws[2] ], withFormat (fun f -> { f with Looks = fun _ -> false })
        [ laws[3] ],
        { good with
            Faulty = [ { good.Faulty.Head with Column = 1 } ]
        }
        [ laws[4]; laws[5] ],
        withFormat (fun f ->
            { f with
                Read = fun cache path -> { read cache path with Weights = None }
            })
        [ laws[5] ],
        withFormat (fun f ->
            { f with
                Write = Some(fun path rows -> write path { rows with Weights = None })
            })
    ]

[<Tests>]
let tests =
    testList
        "InputFormat"
        [
            testCase "every format of the library is registered, under a name and with endings of its own" (fun () ->
                Require.equal [||] (unregistered typeof<InputFormat>.Assembly)
                Require.equal InputFormats.names (List.distinct InputFormats.names)
                Require.isNonEmpty InputFormats.all)

            testTheory "each registered format keeps the laws" InputFormats.names (fun name ->
                let entry = InputFormats.all |> List.find (fun e -> e.Format.Name = name)
                Require.equal [] (broken entry))

            testCase "a format that is not registered is noticed" (fun () ->
                Require.equal [| nameof Planted |] (unregistered (Assembly.GetExecutingAssembly())))

            testCase "a format without laws, example or documentation breaks a law" (fun () ->
                for expected, entry in planted do
                    Require.equal expected (broken entry))

            testCase "a format is found by its name, and a wrong name is answered with those that there are" (fun () ->
                for name in InputFormats.names do
                    Require.equal name (InputFormats.find name).Name

                let said =
                    Require.refusal<ConfigurationException>(fun () -> InputFormats.find "JSON" |> box)

                for name in "JSON" :: InputFormats.names do
                    Require.contains name said)

            testCase "a file whose format nothing tells is refused, and read where it is named" (fun () ->
                TemporaryFolder.usingFile "f.dat" "hello\n" (fun path ->
                    let said =
                        Require.refusal<ConfigurationException>(fun () -> InputFormats.read None path |> box)

                    Require.contains ".jsonl" said
                    File.WriteAllText(path, "__label__a hello")
                    let rows = InputFormats.read (Some(InputFormats.find "fasttext")) path
                    Require.equal [ "a" ] (List.ofSeq rows.Space.Names)))
        ]
