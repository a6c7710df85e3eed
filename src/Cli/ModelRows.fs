namespace Limen.Cli

open System
open Limen.Core

/// Rows of a place beside the model that they are given to.
[<RequireQualifiedAccess>]
module ModelRows =

    /// Throws ArgumentException, with the place, where no row has a label: nothing can be measured or decided on such rows.
    let requireLabels (place: string) (rows: LabelledRows) : unit =
        if rows.Truth.Matrix.NonZeros = 0 then
            raise (
                ArgumentException $"{place}: expected a label in at least one row, found {rows.Count} rows without any"
            )

    /// D, the number of features that rows of a model come with; 0 where it reads texts, or texts among other things.
    let rec width (input: InputSpace) : int =
        match input with
        | TermCounts weights -> weights.Idf.Length
        | Measurements(imputer, _) -> imputer.Medians.Length
        | Features dimension -> dimension
        | Known(choice, _) -> choice.Of
        | Blocks _
        | Views _
        | Texts _ -> 0

    /// Throws ArgumentException, with the place, where a model reads texts and the rows are features, say.
    let requireRead (place: string) (model: Model) (rows: Rows) : unit =
        if InputSpace.kind model.Input <> rows.Kind then
            let reads =
                match model.Input, width model.Input with
                | Blocks _, _ -> $"{InputSpace.kind model.Input} (--text and --numbers name their columns)"
                | _, 0 -> "texts and no features"
                | _, width -> $"rows of {width} features (ids 0 to {width - 1}) and no texts"

            raise (ArgumentException $"{place}: the model reads {reads}, and these rows are {rows.Kind}")

    /// Rows as a model sees them, all of whose labels it knows. Throws ArgumentException, with the place, at the first that it does not know, and where there is none.
    let known (place: string) (rows: LabelledRows) (model: Model) : Dataset =
        requireLabels place rows
        requireRead place model rows.Rows

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
