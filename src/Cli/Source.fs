namespace Limen.Cli

open System
open System.CommandLine
open System.Globalization
open System.IO
open Limen
open Limen.Core

/// The fields of JSON objects that are asked for; the text's usual names where none is.
type AskedFields =
    {
        Text: string list
        Numbers: string list
    }

/// Where rows come from: a folder with train, dev and test files, one file, or the files of the parts. The one place where commands read data.
[<RequireQualifiedAccess>]
module Source =

    /// All that the library and its package of further formats read.
    let everyFormat = DataFormats.all

    let private names = everyFormat |> List.map _.Format.Name |> List.distinct

    let private endings = everyFormat |> List.map _.Format |> InputFormat.usualEndings

    let private formats =
        let described = everyFormat |> List.map (fun f -> $"{f.Format.Name}, {f.About}")

        String.Join("; ", described)

    /// The places as arguments or as --data.
    let argument = Given.words "DATA" "the same as --data"

    let data =
        Given.texts
            "--data"
            "PLACE"
            $"""a folder with train, optional dev, and test files ({String.Join(", ", endings)}; .gz and .bz2 too), or one such file; may be repeated, for the files of train, dev and test. Weights of rows in FILE.weight"""

    let format =
        let o =
            Given.oneOf
                names
                "--format"
                "NAME"
                $"how files are read (default: as their names and first lines say): {formats}"

        o.Aliases.Add "--input"
        o

    let part =
        Given.oneOf [ "train"; "dev"; "test" ] "--part" "PART" "of a folder: train, dev or test"

    let private text =
        Given.texts
            "--text"
            "COLUMN"
            "the column or field with the texts (default: text, body and other usual names); may be repeated"

    let private numbers =
        Given.texts
            "--numbers"
            "COLUMN"
            "a column or field of numbers that is a feature (default: all columns of numbers, where there is no text); with --text both are learned from; may be repeated"

    /// The fields that were asked for; none where usual names are to be looked for.
    let asked (given: ParseResult) : AskedFields =
        {
            Text = Given.all text given
            Numbers = Given.all numbers given
        }

    let private delimiter =
        let o =
            Given.text "--delimiter" "MARK" "what stands between two columns (default: found)"

        o.Validators.Add(fun result ->
            match result.GetValue o with
            | null
            | "\\t" -> ()
            | mark when mark.Length = 1 && Csv.isDelimiter mark[0] -> ()
            | mark -> result.AddError $"--delimiter: expected {Csv.delimiters}, received \"{mark}\"")

        o

    let private separator =
        let o =
            Given.text "--separator" "MARK" "what stands between two labels of a list (default: found)"

        o.Validators.Add(fun result ->
            if result.GetValue o = "" then
                result.AddError "--separator: expected what stands between two labels, received nothing")

        o

    let private group =
        Given.text "--group" "COLUMN" "the group of a row, say its patient: with --split, groups stay together"

    let private time =
        Given.text "--time" "COLUMN" "the time of a row: with --split, the latest rows are test rows"

    let private vectors =
        Given.text
            "--vectors"
            "FILE"
            "vectors of the rows (.npy, Parquet) in the place of their own features, beside their texts with --text: the path where one file is read, else what stands for the ending of each part's file, as in .npy"

    let private split' =
        Given.text
            "--split"
            "DEV,TEST"
            "splits the rows of one file by these shares, as in 0.1,0.2: labels spread evenly, or by --group or --time"

    let private fields: Change<Fields> list =
        [
            text
            |> Change.texts (Change.setting (fun (f: Fields) text -> f.Text <- List.toArray text))
            Given.texts
                "--labels"
                "COLUMN"
                "the column or field with the labels (default: labels, tags and other usual names), or columns of 0 and 1; may be repeated"
            |> Change.texts (Change.setting (fun (f: Fields) labels -> f.Labels <- List.toArray labels))
            Given.text
                "--label-prefix"
                "PREFIX"
                "columns whose names begin so are labels, 0 or 1 each, named by what follows"
            |> Change.text (Change.setting (fun (f: Fields) prefix -> f.LabelPrefix <- prefix))
            numbers
            |> Change.texts (Change.setting (fun (f: Fields) columns -> f.Features <- List.toArray columns))
            separator
            |> Change.text (Change.setting (fun (f: Fields) mark -> f.Separator <- mark))
            delimiter
            |> Change.text (Change.setting (fun (f: Fields) mark -> f.Delimiter <- mark))
            Given.text "--id" "COLUMN" "what a row is called; limen convert keeps it"
            |> Change.text (Change.setting (fun (f: Fields) name -> f.Id <- name))
            group |> Change.text (Change.setting (fun (f: Fields) name -> f.Group <- name))
            time |> Change.text (Change.setting (fun (f: Fields) name -> f.Time <- name))
        ]

    /// What commands that read labelled rows have besides --data.
    let columns: Option list =
        [ format :> Option ] @ Change.options fields @ [ vectors ]

    let private shares (given: ParseResult) : SplitOptions option =
        Given.tryText split' given
        |> Option.map (fun written ->
            let number (share: string) =
                match Double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture) with
                | true, number -> number
                | _ -> raise (Usage $"--split: expected two shares such as 0.1,0.2, received \"{written}\"")

            match written.Split ',' |> Array.map number with
            | [| validation; test |] ->
                let split =
                    {
                        By =
                            match Given.tryText group given, Given.tryText time given with
                            | Some _, _ -> SplitBy.Groups
                            | None, Some _ -> SplitBy.Time
                            | None, None -> SplitBy.Labels
                        Validation = validation
                        Test = test
                    }

                Splitting.faults split
                |> List.map (fun fault -> $"--{fault}")
                |> WrongValues.require

                split
            | _ -> raise (Usage $"--split: expected two shares such as 0.1,0.2, received \"{written}\""))

    /// The split of one file, which only training asks for.
    let split: Option = split'

    /// How files are read.
    let options (given: ParseResult) : DataOptions =
        let options =
            { DataSource.defaults with
                Formats = everyFormat
                Fields = Fields() |> Change.apply fields given
                Vectors = Given.tryText vectors given
                Split = shares given
            }

        match Given.tryText format given with
        | Some name -> DataSource.withFormat name options
        | None -> options

    /// The places that were given by either way. Throws Usage where there is none, or by both ways.
    let places (given: ParseResult) : string list =
        match given.GetValue argument |> List.ofArray, Given.all data given with
        | [], [] -> raise (Usage "expected the data: --data PLACE")
        | places, []
        | [], places -> places
        | a, b ->
            let both = a @ b |> String.concat "\" and \""
            raise (Usage $"expected the data as arguments or by --data, received both: \"{both}\"")

    /// The parts of the places; one file is training rows alone, if it does not say otherwise.
    let read (given: ParseResult) (places: string list) : DataFolder =
        places |> List.iter Places.requireExists
        DataSource.read (options given) places

    /// The rows of a file, or those of the named part of a folder; without a name, those of the usual one.
    let rows (usual: string) (given: ParseResult) (place: string) : LabelledRows =
        let part' = Given.tryText part given
        Places.requireExists place

        if File.Exists place then
            match part' with
            | Some _ -> raise (Usage $"--part: expected a folder, received the file {place}")
            | None -> DataSource.readFile (options given) place
        else
            let rows = (read given [ place ]).Rows

            let missing name =
                raise (
                    FileNotFoundException $"{place}: there is no {name} file in this folder; --part names another part"
                )

            match Option.defaultValue usual part' with
            | "train" -> rows.Train
            | "dev" -> rows.Validation |> Option.defaultWith (fun () -> missing "dev")
            | _ -> rows.Test |> Option.defaultWith (fun () -> missing "test")

    /// The one place of the rows that a command is about. Throws Usage.
    let onePlace (expected: string) (given: ParseResult) : string =
        match Given.all data given with
        | [ place ] -> place
        | [] -> raise (Usage $"{expected}: --data PLACE")
        | several -> raise (Usage $"--data: expected one place, received {several.Length}")
