namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open Limen.Core

/// Where rows come from: a folder with train, dev and test files, or one file. The one place where commands read data.
[<RequireQualifiedAccess>]
module Source =

    let private formats =
        let described =
            InputFormats.all |> List.map (fun f -> $"{f.Format.Name}, {f.About}")

        String.Join("; ", described)

    /// The place as an argument or as --data.
    let argument =
        let a = Given.argument "DATA" "the same as --data"
        a.Arity <- ArgumentArity.ZeroOrOne
        a

    let data =
        Given.text
            "--data"
            "PLACE"
            $"""a folder with train, optional dev, and test files ({String.Join(", ", InputFormats.endings)}; .gz and .bz2 too), or one such file; weights of rows in FILE.weight"""

    let format =
        let o =
            Given.oneOf
                InputFormats.names
                "--format"
                "NAME"
                $"which files to read (default: the first of these that the training file looks like): {formats}"

        o.Aliases.Add "--input"
        o

    let part =
        Given.oneOf [ "train"; "dev"; "test" ] "--part" "PART" "of a folder: train, dev or test"

    /// The place that was given by either way. Throws Usage where there is none, or two.
    let place (given: ParseResult) : string =
        match Option.ofObj (given.GetValue argument), Given.tryText data given with
        | Some place, None
        | None, Some place -> place
        | None, None -> raise (Usage "expected the data: --data PLACE")
        | Some a, Some b -> raise (Usage $"expected one place of the data, received \"{a}\" and \"{b}\"")

    let private chosen (given: ParseResult) : InputFormat option =
        Given.tryText format given |> Option.map InputFormats.find

    /// The parts of a folder; a file is training rows alone.
    let split (given: ParseResult) (place: string) : Split<LabelledRows> =
        Places.requireExists place

        if Directory.Exists place then
            (Folder.read
                { Folder.defaults with
                    Format = chosen given
                }
                place)
                .Rows
        else
            {
                Train = InputFormats.read (chosen given) place
                Validation = None
                Test = None
            }

    /// The rows of a file, or those of the named part of a folder; without a name, those of the usual one.
    let rows (usual: string) (given: ParseResult) (place: string) : LabelledRows =
        let part' = Given.tryText part given

        if File.Exists place then
            match part' with
            | Some _ -> raise (Usage $"--part: expected a folder, received the file {place}")
            | None -> InputFormats.read (chosen given) place
        else
            let rows = split given place

            let missing name =
                raise (
                    FileNotFoundException $"{place}: there is no {name} file in this folder; --part names another part"
                )

            match Option.defaultValue usual part' with
            | "train" -> rows.Train
            | "dev" -> rows.Validation |> Option.defaultWith (fun () -> missing "dev")
            | _ -> rows.Test |> Option.defaultWith (fun () -> missing "test")

    /// Rows as a model sees them, all of whose labels it knows. Throws ArgumentException, with the place, at the first that it does not know.
    let known (place: string) (rows: LabelledRows) (model: Model) : Dataset =
        try
            rows |> LabelledRows.relabel model.Labels |> LabelledRows.dataset model.Input
        with :? ArgumentException as e ->
            raise (ArgumentException $"{place}: {e.Message}")

    /// A line where rows have labels that a model does not know.
    let tellUnknown (known: LabelSpace) (rows: LabelledRows) : unit =
        let counts = Csr.columnCounts rows.Truth.Matrix

        let unknown =
            [
                for l in 0 .. rows.Space.Count - 1 do
                    if counts[l] > 0 && known.TryId(rows.Space.Name l).IsNone then
                        rows.Space.Name l
            ]

        match unknown with
        | [] -> ()
        | labels ->
            let first = labels |> List.truncate 3 |> String.concat ", "
            let more = if labels.Length > 3 then ", ..." else ""

            let are =
                if labels.Length = 1 then
                    "1 label of these rows is"
                else
                    $"{labels.Length} labels of these rows are"

            Terminal.warn
                $"{are} not known to the model, for no row that it learned from has them, so they are never predicted and count as missed: {first}{more}"
