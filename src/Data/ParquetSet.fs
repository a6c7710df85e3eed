namespace Limen.Core

open System.IO
open System.Text.RegularExpressions

/// Parquet files that come in sets: NAME-00000-of-00003.parquet stands for all three of its name.
[<RequireQualifiedAccess>]
module internal ParquetSet =

    let private shard =
        Regex(@"^(.*)-(\d{5})-of-(\d{5})\.parquet$", RegexOptions.IgnoreCase)

    /// The files of the set that begins with this one, or this alone.
    let private files (path: string) : string list =
        match shard.Match(Path.GetFileName path) with
        | m when m.Success && m.Groups[2].Value = "00000" ->
            let all = int m.Groups[3].Value

            [
                for i in 0 .. all - 1 do
                    let file =
                        Path.Combine(
                            Path.GetDirectoryName path,
                            $"{m.Groups[1].Value}-{i:D5}-of-{m.Groups[3].Value}.parquet"
                        )

                    if not (File.Exists file) then
                        FileFault.ofFile path $"all {all} files of its set" $"none of the name {Path.GetFileName file}"

                    file
            ]
        | _ -> [ path ]

    /// The first file's columns with the rows of all files. Throws DataFormatException for a file that is missing or damaged, and for one whose columns are not the first's.
    let read (path: string) : ParquetColumn[] =
        let files = files path
        let tables = files |> List.map ParquetColumns.read
        let names (table: ParquetColumn[]) = table |> Array.map _.Name
        let first = List.head tables

        let wanted =
            $"the columns {FieldNames.listed (names first)}, as in the first file of its set"

        for file, table in List.zip files tables do
            if names table <> names first then
                FileFault.ofFile file wanted $"the columns {FieldNames.listed (names table)}"

        [|
            for at, column in Array.indexed first do
                let parts = tables |> List.map (Array.item at)

                if parts |> List.exists (fun part -> part.IsText <> column.IsText) then
                    FileFault.ofFile
                        path
                        $"values of one type for \"{column.Name}\" in all files of its set"
                        "strings in some and numbers in others"

                { column with
                    ParquetColumn.Rows = parts |> List.sumBy _.Rows
                    Groups = parts |> Seq.collect _.Groups
                }
        |]
