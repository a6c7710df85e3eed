namespace Limen.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json
open Limen
open Limen.Kernels

/// Which fields of JSON objects are what.
[<RequireQualifiedAccess>]
module internal JsonRoles =

    /// The fields of the first object in these bytes, as far as they go, and whether each is 0, 1, true or false.
    let private firstFields (text: string) : (string * bool) list =
        let bytes = Encoding.UTF8.GetBytes(text.TrimStart([| '['; ' '; '\t'; '\r'; '\n' |]))
        let mutable reader = Utf8JsonReader(ReadOnlySpan bytes, false, JsonReaderState())
        let found = List<string * bool>()

        try
            if reader.Read() && reader.TokenType = JsonTokenType.StartObject then
                let mutable more = reader.Read()

                while more && reader.TokenType = JsonTokenType.PropertyName do
                    let name = reader.GetString()
                    more <- reader.Read()

                    if more then
                        let isFlag =
                            match reader.TokenType with
                            | JsonTokenType.True
                            | JsonTokenType.False -> true
                            | JsonTokenType.Number ->
                                let ok, number = reader.TryGetDouble()
                                ok && (number = 0.0 || number = 1.0)
                            | _ -> false

                        found.Add((name, isFlag))
                        more <- reader.TrySkip() && reader.Read()
        with
        | :? JsonException
        | :? InvalidOperationException -> ()

        List.ofSeq found

    let private usual (wanted: string list) (names: string[]) (otherwise: string) =
        match FieldNames.tryFind wanted names with
        | Some at -> names[at]
        | None -> otherwise

    /// The others by their places: id, group, time, part, and the numbers that are asked for.
    let others (fields: Fields) =
        [| fields.Id; fields.Group; fields.Time; fields.Part; yield! fields.Features |]

    /// Which fields are what, as asked for or by the first object, and what is said of it.
    let fieldsOf (fields: Fields) (first: string) : JsonFields * string list =
        let found = firstFields first
        let names = found |> List.map fst |> List.toArray

        let texts =
            if fields.Text.Count > 0 || fields.Features.Count > 0 then
                fields.Text
            else
                [| usual FieldNames.texts names "text" |]

        let taken =
            set
                [
                    yield! texts
                    yield! others fields |> Array.filter (isNull >> not)
                    yield! FieldNames.ids
                ]

        let flags =
            match fields.LabelPrefix with
            | null when fields.Labels.Count > 0 || (FieldNames.tryFind FieldNames.labels names).IsSome -> []
            | null ->
                found
                |> List.filter snd
                |> List.map fst
                |> List.filter (fun n -> not (taken.Contains n))
            | prefix ->
                names
                |> Array.filter (fun n -> n.StartsWith(prefix, StringComparison.Ordinal))
                |> Array.toList

        let labels, areFlags =
            match flags with
            | [] when fields.Labels.Count > 0 ->
                fields.Labels,
                (fields.Labels.Count > 1
                 && fields.Labels |> Seq.forall (fun l -> List.contains (l, true) found))
            | [] -> ([| usual FieldNames.labels names "labels" |]: IReadOnlyList<string>), false
            | flags -> List.toArray flags, true

        JsonFields(
            texts,
            labels,
            areFlags,
            (if isNull fields.Weight then "weight" else fields.Weight),
            others fields |> Array.filter (isNull >> not)
        ),
        [
            if texts.Count > 0 && Seq.toList texts <> [ "text" ] then
                $"texts from {FieldNames.listed texts}"
            if fields.Features.Count > 0 then
                $"features from {FieldNames.listed fields.Features}"
            if areFlags then
                $"labels are the fields {FieldNames.listed labels}, 0 or 1 each"
            elif Seq.toList labels <> [ "labels" ] then
                $"labels from {FieldNames.listed labels}"
        ]
