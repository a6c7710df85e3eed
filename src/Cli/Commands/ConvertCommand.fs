namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open Limen.Core

/// `limen convert`: the same rows in files of another format.
[<RequireQualifiedAccess>]
module ConvertCommand =

    let private writable =
        Convert.writable Source.everyFormat |> List.map _.Format.Name |> List.distinct

    let private target =
        Given.oneOf writable "--to" "NAME" $"""the format that is written: {String.Join(", ", writable)}"""

    let private out =
        Given.text "--out" "DIR" "folder for train, dev and test files, and labels.txt where labels are ids"

    /// What is there is left as it is, the files that are read among it.
    let private requireEmpty (folder: string) : unit =
        if Directory.Exists folder then
            Directory.EnumerateFileSystemEntries folder
            |> Seq.tryHead
            |> Option.iter (fun found ->
                raise (
                    IOException
                        $"{folder}: expected an empty folder, or one that is not there yet, found {Path.GetFileName found} in it"
                ))

    let private run (given: ParseResult) : int =
        let places = Source.places given

        match Given.tryText target given, Given.tryText out given with
        | None, _ -> raise (Usage $"""expected the format to write: --to {String.Join(" or ", writable)}""")
        | _, None -> raise (Usage "expected a folder to write to: --out DIR")
        | Some name, Some folder ->
            requireEmpty folder
            Places.writableFolder folder
            let read = Progress.during "reading" (fun () -> Source.read given places)
            ReadReport.lines read.Report |> List.iter Terminal.note

            let format =
                (Source.everyFormat |> List.find (fun f -> f.Format.Name = name)).Format

            Convert.requireWritable format read.Rows.Train.Rows

            Progress.during "writing" (fun () -> Convert.write format folder read.Columns read.Rows)
            |> List.iter Terminal.print

            match Convert.dropped format read.Columns with
            | [] -> ()
            | columns ->
                let what = String.concat ", " columns

                Terminal.warn
                    $"{name} has no place for {what} of rows, which are not written; --to jsonl, json or csv keeps them"

            0

    let command =
        ExampleCommand(
            "convert",
            "Writes data in another format. Prints the files.",
            [
                "limen convert posts.csv --text body --labels tags --to jsonl --out converted"
                "limen convert data --to svmlight --out converted"
            ]
        )
            .With([ Source.argument ], [ Source.data :> Option; target; out ] @ Source.columns @ [ Source.split ], run)
