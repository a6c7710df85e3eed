namespace Limen.Core

open System

/// The forms of data files that the library reads: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module InputFormats =

    /// In the order in which they are asked: where files of several formats are, the first wins.
    let all: InputFormatEntry list = [ JsonLines.entry; FastText.entry; Svmlight.entry ]

    /// What the formats are called.
    let names: string list = all |> List.map _.Format.Name

    let private refuse fault =
        raise (ConfigurationException [ fault ])

    /// The format of that name. Throws ConfigurationException, with the names that there are, where there is none.
    let find (name: string) : InputFormat =
        match all |> List.tryFind (fun entry -> entry.Format.Name = name) with
        | Some entry -> entry.Format
        | None -> refuse $"""input: expected {String.Join(" or ", names)}, received {name}"""

    let private endsLike (path: string) (format: InputFormat) =
        format.Endings
        |> List.exists (fun ending -> (Lines.unpacked path).EndsWith(ending, StringComparison.OrdinalIgnoreCase))

    /// The first format whose files end like this one and begin with a line like its first.
    let tryOfFile (path: string) : InputFormat option =
        match all |> List.map _.Format |> List.filter (endsLike path) with
        | [] -> None
        | candidates ->
            let first = Lines.first path
            candidates |> List.tryFind (fun format -> format.Looks first)

    /// How the names of files end, before .gz or .bz2.
    let endings: string list = all |> List.collect _.Format.Endings |> List.distinct

    /// The rows of a file, whose labels are all that are known. None: the format that its name and its first line tell. Throws DataFormatException
    /// for a file that is not as it should be, ConfigurationException where its format is not told.
    let read (format: InputFormat option) (path: string) : LabelledRows =
        let format =
            match format |> Option.orElseWith (fun () -> tryOfFile path) with
            | Some format -> format
            | None ->
                refuse
                    $"""{path}: expected a name that ends in {String.Join(" or ", endings)} (or .gz or .bz2 after it), or a format by name"""

        let rows = format.Read NoCache path
        FileRows.labelled (FileRows.labelSpace [ rows ]) path rows
