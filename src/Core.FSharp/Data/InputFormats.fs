namespace Limen.Core

open System
open System.IO
open Limen
open Limen.Kernels

/// The forms of data files that the library reads: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module InputFormats =

    /// In the order in which they are asked: where files of several formats are, the first wins.
    let all: InputFormatEntry list =
        [
            JsonLines.entry
            JsonArray.entry
            Csv.entry
            Arff.entry
            XmcPair.entry
            FastText.entry
            AnnifTsv.entry
            LibMultiLabel.entry
            Svmlight.entry
        ]

    /// What the formats are called.
    let names: string list = all |> List.map _.Format.Name

    /// The format of that name among these, with these columns. Throws ConfigurationException, with the names that there are, where there is none.
    let findAmong (entries: InputFormatEntry list) (fields: Fields) (name: string) : InputFormat =
        match entries |> List.tryFind (fun entry -> entry.Format.Name = name) with
        | Some entry -> entry.With fields
        | None ->
            Configuration.refuse
                $"""input: expected {String.Join(" or ", entries |> List.map _.Format.Name)}, received {name}"""

    /// The format of that name. Throws ConfigurationException, with the names that there are, where there is none.
    let find (name: string) : InputFormat = findAmong all (Fields()) name

    let private endsLike (path: string) (format: InputFormat) =
        format.Endings
        |> List.exists (fun ending -> (Lines.unpacked path).EndsWith(ending, StringComparison.OrdinalIgnoreCase))

    /// What a file is taken for and why: a format with an ending like its name's that else another that knows the line, if that is not empty; else one with that
    /// ending, of *.txt the last.
    let detect (entries: InputFormatEntry list) (path: string) : (InputFormatEntry * string) option =
        let ending = Path.GetExtension(Lines.unpacked path).ToLowerInvariant()

        let named = entries |> List.filter (fun entry -> endsLike path entry.Format)
        let first = lazy Lines.first path
        let knows (entry: InputFormatEntry) = entry.Format.Looks first.Value

        match List.tryFind knows named with
        | Some entry -> Some(entry, $"its name ends in {ending} and its first line is like that")
        | None ->
            match List.tryFind knows entries with
            | Some entry when first.Value <> "" || named.IsEmpty -> Some(entry, "its first line is like that")
            | _ ->
                List.tryLast named
                |> Option.map (fun entry -> entry, $"its name ends in {ending}")

    /// The format that a file is taken for.
    let tryOfFile (path: string) : InputFormat option =
        detect all path |> Option.map (fun (entry, _) -> entry.Format)

    /// How the names of files end, before .gz or .bz2.
    let endings: string list = all |> List.collect _.Format.Endings |> List.distinct

    /// What a file begins with, in words.
    let private beginning (path: string) : string =
        let first = Text.Encoding.UTF8.GetBytes(Lines.first path)

        if first.AsSpan().StartsWith "PK"B then
            "a ZIP archive, as Excel and Word write files (save a table as CSV)"
        elif first.AsSpan().StartsWith "%PDF"B then
            "a PDF (save its text)"
        else
            ParseFault.Quote(ReadOnlySpan first)

    /// The format of a file and why it is taken for that. Throws ConfigurationException where nothing tells.
    let require (entries: InputFormatEntry list) (path: string) : InputFormatEntry * string =
        match detect entries path with
        | Some found -> found
        | None ->
            let endings = entries |> List.map _.Format |> InputFormat.usualEndings

            Configuration.refuse
                $"""{path}: expected a name that ends in {String.Join(" or ", endings)} (or .gz or .bz2 after it), a first line like one of these formats, or a format by name ({String.Join(", ", entries |> List.map _.Format.Name)}), found {beginning path}"""

    /// The rows of a file, whose labels are all that are known. None: the format that its name and its first line tell. Throws DataFormatException
    /// for a file that is not as it should be, ConfigurationException where its format is not told.
    let read (format: InputFormat option) (path: string) : LabelledRows =
        let format =
            format |> Option.defaultWith (fun () -> (fst (require all path)).Format)

        let rows = format.Read NoCache path
        FileRows.labelled (FileRows.labelSpace [ rows ]) path rows
