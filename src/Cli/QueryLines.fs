namespace Limen.Cli

open System
open System.Globalization
open System.Text.Json
open Limen.Core
open Limen.Kernels

/// Lines as rows without labels: texts, features, or JSON objects with a text and perhaps numbers.
[<RequireQualifiedAccess>]
module QueryLines =

    let internal wrongRow place expected found : exn =
        DataFormatException(place, expected, found) :> exn

    /// What a row of D features is, for people.
    let private rowOf (dimension: int) =
        $"a row of features, ID:VALUE ID:VALUE ... with ids from 0 to {dimension - 1}: the model reads rows of {dimension} features and no texts"

    /// "0:0.25 8:1.5" as a row of D features.
    let private featuresOf (dimension: int) (place: Place) (line: string) : struct (int * float32)[] =
        let feature (word: string) =
            let number (text: string) =
                Single.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture)

            match word.Split ':' with
            | [| id; value |] ->
                match Int32.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture), number value with
                | (true, id), (true, value) when id < dimension && Single.IsFinite value -> struct (id, value)
                | (true, id), (true, _) when id >= dimension ->
                    raise (wrongRow place $"features from 0 to {dimension - 1}, as the model was trained on" $"{id}")
                | _ -> raise (wrongRow place "ID:VALUE" $"\"{word}\"")
            | _ -> raise (wrongRow place (rowOf dimension) $"\"{word}\"")

        if line.TrimStart().StartsWith '{' then
            raise (wrongRow place (rowOf dimension) "a JSON object")

        let row =
            line.Split(Array.empty<char>, StringSplitOptions.RemoveEmptyEntries)
            |> Array.map feature
            |> Array.sortBy (fun struct (id, _) -> id)

        row
        |> Array.pairwise
        |> Array.iter (fun (struct (a, _), struct (b, _)) ->
            if a = b then
                raise (wrongRow place "each feature once" $"feature {a} twice"))

        row

    /// The text of an object: the fields that are asked for, else the first of a usual name.
    let private textOfObject (asked: string list) (place: Place) (row: JsonElement) : string =
        let fields = row.EnumerateObject() |> Seq.map _.Name |> Seq.toArray

        let wanted =
            match asked with
            | [] ->
                FieldNames.tryFind FieldNames.texts fields
                |> Option.map (fun at -> [ fields[at] ])
                |> Option.defaultValue [ "text" ]
            | names -> names

        wanted
        |> List.map (fun name ->
            match row.TryGetProperty name with
            | true, text when text.ValueKind = JsonValueKind.String -> text.GetString()
            | true, _ -> raise (wrongRow place $"a string as \"{name}\"" "something else")
            | _ ->
                raise (
                    wrongRow
                        place
                        $"a field \"{name}\", or the name of the field with the text (--text)"
                        $"the fields {FieldNames.listed fields}"
                ))
        |> String.concat "\n"

    /// A line that is a JSON object is its text; every other line is a text itself.
    let private textOf (asked: string list) (place: Place) (line: string) : string =
        let json =
            if line.TrimStart().StartsWith '{' then
                try
                    use document = JsonDocument.Parse line
                    Some(textOfObject asked place document.RootElement)
                with
                | :? JsonException
                | :? InvalidOperationException -> None // half a surrogate pair is no text either
            else
                None

        json |> Option.defaultValue line

    /// The number of an object's field; NaN where it is null or not there.
    let private numberOfObject (place: Place) (row: JsonElement) (name: string) : float32 =
        match row.TryGetProperty name with
        | true, value when value.ValueKind = JsonValueKind.Number && Single.IsFinite(value.GetSingle()) ->
            value.GetSingle()
        | true, value when value.ValueKind <> JsonValueKind.Null ->
            raise (wrongRow place $"a finite number as \"{name}\"" (value.GetRawText()))
        | _ -> nanf

    /// A line that is a JSON object with a text and numbers beside it.
    let private bothOf (asked: AskedFields) (place: Place) (line: string) : string * float32[] =
        let expected =
            "a JSON object with a text and numbers (--text and --numbers name its fields), for the model reads texts and features"

        if asked.Numbers.IsEmpty || not (line.TrimStart().StartsWith '{') then
            raise (
                wrongRow
                    place
                    expected
                    (if asked.Numbers.IsEmpty then
                         "no --numbers"
                     else
                         "another line")
            )

        try
            use document = JsonDocument.Parse line
            let row = document.RootElement
            textOfObject asked.Text place row, asked.Numbers |> List.map (numberOfObject place row) |> List.toArray
        with
        | :? JsonException
        | :? InvalidOperationException -> raise (wrongRow place expected "no JSON")

    /// Lines as rows of the kind that a model reads; the first of them is that line of the file.
    let ofLines (asked: AskedFields) (file: string) (model: Model) (first: int) (lines: string[]) : Rows =
        let at f =
            lines
            |> Array.mapi (fun i line ->
                f
                    {
                        File = file
                        Line = first + i
                        Column = 1
                    }
                    line)

        match model.Input, ModelRows.width model.Input with
        | Blocks _, _ ->
            let texts, numbers = at (bothOf asked) |> Array.unzip

            Rows.Texts texts
            |> Rows.beside (Rows.Dense(Array2D.init lines.Length asked.Numbers.Length (fun r c -> numbers[r][c])))
        | _, 0 -> Rows.Texts(at (textOf asked.Text))
        | _, d -> at (featuresOf d) |> Csr.ofRows d |> Rows.Features
