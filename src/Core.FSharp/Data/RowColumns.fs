namespace Limen.Core

/// What a file says of its rows beside features and labels, row by row, where it does.
[<ReferenceEquality>]
type RowColumns =
    {
        Ids: string[] option
        /// Rows of one group stay together in a split.
        Groups: string[] option
        Times: string[] option
        /// The part each row is of, as the file writes it.
        Parts: string[] option
        /// The line each row begins on, from 1. None: row i on line i + 1.
        Lines: int[] option
        /// What was chosen or left out while reading, a sentence each.
        Notes: string list
    }

[<RequireQualifiedAccess>]
module RowColumns =

    /// Nothing but rows.
    let none: RowColumns =
        {
            Ids = None
            Groups = None
            Times = None
            Parts = None
            Lines = None
            Notes = []
        }

    /// With further notes.
    let noted (notes: string list) (columns: RowColumns) : RowColumns =
        { columns with
            Notes = columns.Notes @ notes
        }

    /// The columns that a file of rows is written with: their usual names and values.
    let written (columns: RowColumns) : (string * string[]) list =
        [ "id", columns.Ids; "group", columns.Groups; "time", columns.Times ]
        |> List.choose (fun (name, values) -> values |> Option.map (fun v -> name, v))

    /// Those of the chosen rows.
    let selectRows (chosen: int[]) (columns: RowColumns) : RowColumns =
        let select values =
            values |> Option.map (fun v -> chosen |> Array.map (Array.get v))

        {
            Ids = select columns.Ids
            Groups = select columns.Groups
            Times = select columns.Times
            Parts = select columns.Parts
            Lines =
                Some(
                    chosen
                    |> Array.map (fun row ->
                        columns.Lines |> Option.map (fun l -> l[row]) |> Option.defaultValue (row + 1))
                )
            Notes = columns.Notes
        }
