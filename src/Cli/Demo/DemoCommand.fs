namespace Limen.Cli

open System.CommandLine
open System.IO

/// `limen demo`.
[<RequireQualifiedAccess>]
module DemoCommand =

    let private out =
        Given.text "--out" "DIR" "folder for report.json and the model (default: artifacts/demo)"

    let private corpus =
        Given.text
            "--corpus"
            "DIR"
            "write the texts and labels as train.jsonl, dev.jsonl and test.jsonl of this folder, and stop"

    let private seed =
        Given.whole "--seed" "N" "seed of weights, order and dropout (default: 1)"

    let private run (given: ParseResult) : int =
        match Given.tryText corpus given with
        | Some folder ->
            Places.writableFolder folder
            Demo.writeCorpus folder
        | None ->
            Demo.run
                (Given.tryText out given
                 |> Option.defaultValue (Path.Combine("artifacts", "demo")))
                (Given.tryNumber seed given |> Option.defaultValue 1)

        0

    let command =
        ExampleCommand(
            "demo",
            "Trains four ways on the API documentation of the installed .NET SDK and compares.",
            [
                "limen demo"
                "limen demo --corpus docs        # its texts as files, to train on"
            ]
        )
            .With([], [ out; corpus; seed ], run)
