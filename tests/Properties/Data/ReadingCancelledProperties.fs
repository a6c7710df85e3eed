/// Every reader ends soon after the token of its scope is cancelled.
module Limen.Properties.ReadingCancelledProperties

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open Limen
open Limen.Core

/// Reading that has begun when its token is cancelled.
let private endsOnceCancelled (read: unit -> 'rows) : unit =
    use source = new CancellationTokenSource()

    Require.throws<OperationCanceledException>(fun () ->
        Cancellation.within source.Token (fun () ->
            source.Cancel()
            read () |> box))

/// The example of a format and the files beside it.
let private withExample (format: InputFormat) (example: FormatExample) (test: string -> unit) : unit =
    TemporaryFolder.using (fun folder ->
        for name, lines in example.Beside do
            Lines.write (Path.Combine(folder, "f" + name)) lines

        for packing in [ ""; ".gz"; ".bz2" ] do
            let path = Path.Combine(folder, "f" + format.Endings.Head + packing)
            Lines.write path example.Lines
            test path)

/// Files of many rows, by their names: the first lines, the line of a row, what stands before each further row, and the last line.
let private long: (string * (string * (int -> string) * string * string)) list =
    let words row =
        let draw i =
            Seed.bits (int64 (64 * row + i)) (Seed.ofInt 1) % 50_000UL

        Seq.init 40 (fun i -> $"word{draw i}") |> String.concat " "

    let numbers row =
        Seq.init 40 (fun i -> $"{50 * i + (row + i) % 50}:{float (row % 997) / 8.0}")
        |> String.concat " "

    let json row =
        $"{{\"text\": \"{words row}\", \"labels\": [\"l{row % 1000}\", \"l{row % 77}\"]}}"

    [
        "a.svm", ("", (fun row -> $"{row % 1000},{row % 77} {numbers row}"), "", "")
        "a.svm.gz", ("", (fun row -> $"{row % 1000},{row % 77} {numbers row}"), "", "")
        "a.csv", ("text,labels", (fun row -> $"{words row},l{row % 1000};l{row % 77}"), "", "")
        "a.jsonl", ("", json, "", "")
        "a.json", ("[", json, ",", "]")
        "a.ft", ("", (fun row -> $"__label__l{row % 1000} __label__l{row % 77} {words row}"), "", "")
        "a.arff",
        ("@relation 'a: -C 2'\n@attribute x {0,1}\n@attribute y {0,1}\n"
         + String.Join("\n", Seq.init 20 (fun i -> $"@attribute f{i} numeric"))
         + "\n@data",
         (fun row -> $"""{row % 2},{row / 2 % 2},{String.Join(",", Seq.init 20 (fun i -> (row + i) % 89))}"""),
         "",
         "")
    ]

/// Before it is packed.
let private bytes = if Cases.isProof then 400_000_000L else 24_000_000L

/// After so many milliseconds reading is cancelled.
let private moments =
    if Cases.isProof then
        [ 100..400..12_000 ]
    else
        [ 10; 60; 200; 500 ]

let private write (path: string) (first: string, line: int -> string, between: string, last: string) =
    Lines.writing path (fun text ->
        if first <> "" then
            text.WriteLine first

        let mutable row = 0
        let mutable written = 0L

        while written < bytes do
            let line = if row = 0 then line row else between + line row
            text.WriteLine line
            written <- written + int64 line.Length
            row <- row + 1

        text.WriteLine last)

/// How long reading goes on after it is cancelled, so many milliseconds after it began; None: it ended before.
let private latency (path: string) (after: int) : TimeSpan option =
    use source = new CancellationTokenSource()
    let clock = Stopwatch()

    // a timer would wait for a thread of the pool, which parses
    let canceller =
        Thread(fun () ->
            Thread.Sleep after
            clock.Start()
            source.Cancel())

    canceller.Start()

    let ended =
        try
            Cancellation.within source.Token (fun () -> DataSource.readFile DataSource.defaults path |> ignore)
            false
        with :? OperationCanceledException ->
            true

    let took = clock.Elapsed
    canceller.Join()
    if ended then Some took else None

[<Tests>]
let tests =
    testList
        "ReadingCancelled"
        [
            testTheory "no format goes on reading, packed or not, once it is cancelled" InputFormats.names (fun name ->
                let entry = InputFormats.all |> List.find (fun e -> e.Format.Name = name)

                for example in entry.Examples do
                    withExample entry.Format example (fun path ->
                        endsOnceCancelled (fun () -> entry.Format.Read NoCache path)))

            testTheory "no shape of data does" (FileShapeProperties.shapes |> List.map _.Name) (fun name ->
                let shape = FileShapeProperties.shapes |> List.find (fun s -> s.Name = name)

                TemporaryFolder.using (fun folder ->
                    shape.Write folder
                    let paths = shape.Paths |> List.map (fun p -> Path.Combine(folder, p))
                    endsOnceCancelled (fun () -> DataSource.read shape.Options paths)))

            // some seconds: files that take long enough to be cancelled on the way
            testTheory "a long file is read no further than three seconds after that" (List.map fst long) (fun name ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, name)
                    long |> List.find (fst >> (=) name) |> snd |> write path
                    let latencies = moments |> List.choose (latency path)
                    Require.isNonEmpty latencies
                    Require.below (TimeSpan.FromSeconds 3.0) (List.max latencies)))

            testCase "a binary form that is being written is cancelled too, and nothing of it stays" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "a.svm")
                    File.WriteAllText(path, "0 1:1\n1 2:2\n")
                    use source = new CancellationTokenSource()

                    let read file =
                        let rows = Svmlight.read Svmlight.defaults file
                        source.Cancel()
                        rows

                    Require.throws<OperationCanceledException>(fun () ->
                        Cancellation.within source.Token (fun () -> CsrCache.through Beside "" read path |> box))

                    Require.equal [| path |] (Directory.GetFiles folder)))
        ]
