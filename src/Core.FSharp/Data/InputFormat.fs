namespace Limen.Core

/// A form of data files. A new one is a file of its own with its reader, `format` (its options to this record) and `entry`, and a line in
/// `InputFormats.all`.
[<NoEquality; NoComparison>]
type InputFormat =
    {
        /// What the command line and messages call it.
        Name: string
        /// How the names of its files end, before .gz or .bz2: ".jsonl".
        Endings: string list
        /// Whether a file with one of these endings is of this format, by its first line. Asked where no format was chosen.
        Looks: string -> bool
        /// The rows of a file with their weights, its own or those of the file beside it (RowWeights). Formats that parse numbers keep them in
        /// binary form at the given place. Throws DataFormatException at the first line that is not as it should be, and for a file without rows.
        Read: CachePlace -> string -> FileRows
        /// Writes rows and their weights so that they read back as they were, where the format has a writer. Throws ArgumentException for rows
        /// that it has no form for.
        Write: (string -> FileRows -> unit) option
    }

[<RequireQualifiedAccess>]
module InputFormat =

    /// How the names of files end, each once, for a person to read: without the numbers of files that come in sets.
    let usualEndings (formats: InputFormat list) : string list =
        formats
        |> List.collect _.Endings
        |> List.filter (fun ending -> not (ending.StartsWith '-'))
        |> List.distinct

/// Lines of a format and what they mean.
type FormatExample =
    {
        Lines: string list
        /// The labels of each row, as their names or ids are written.
        Labels: string list list
        /// Lines of the files beside it, by what stands in the place of the file's ending.
        Beside: (string * string list) list
    }

/// Lines that are not as they should be, and where the first fault is, counted from 1.
type FaultyExample =
    {
        Lines: string list
        Line: int
        Column: int
    }

/// What the registry says of a format.
[<NoEquality; NoComparison>]
type InputFormatEntry =
    {
        /// With its defaults.
        Format: InputFormat
        /// With these columns, for formats that have such.
        With: Limen.Fields -> InputFormat
        /// A line for the command line's usage: what a row looks like.
        About: string
        /// Where it is described.
        Source: string
        /// What the laws are tested on.
        Examples: FormatExample list
        /// Each must be refused at its place.
        Faulty: FaultyExample list
    }
