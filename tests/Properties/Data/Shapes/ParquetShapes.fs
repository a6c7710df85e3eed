/// Parquet files in the shapes that data sets have, written by Parquet.Net.
module Limen.Properties.ParquetShapes

open System
open System.IO
open System.Threading
open System.Threading.Tasks
open Parquet
open Parquet.Schema

/// A row's text, labels, their ids and its vector.
type Row = string * string list * int list * float32[]

let private wait (task: Task) = task.GetAwaiter().GetResult()

let private write (path: string) (fields: Field list) (columns: ParquetRowGroupWriter -> DataField[] -> unit) =
    let schema = ParquetSchema(List.toArray fields)
    use stream = File.Create path

    let writer =
        ParquetWriter.CreateAsync(schema, stream, null, false, CancellationToken.None).GetAwaiter().GetResult()

    (use group = writer.CreateRowGroup()
     columns group schema.DataFields)

    writer.DisposeAsync().AsTask() |> wait

let private strings (values: string list) (group: ParquetRowGroupWriter) (field: DataField) =
    group.WriteAsync(field, List.toArray values, Nullable()) |> wait

/// Lists by their levels: of an empty one there is an entry without a value.
let private lists (values: 'a list list) (group: ParquetRowGroupWriter) (field: DataField) =
    let levels =
        [|
            for list in values do
                match list with
                | [] -> 0, field.MaxDefinitionLevel - (if field.IsNullable then 2 else 1)
                | _ ->
                    for i in 0 .. list.Length - 1 do
                        min i 1, field.MaxDefinitionLevel
        |]

    group.WriteAllPartsAsync(
        field,
        ReadOnlyMemory(values |> List.concat |> List.toArray),
        Nullable(ReadOnlyMemory(Array.map snd levels)),
        Nullable(ReadOnlyMemory(Array.map fst levels)),
        CancellationToken.None
    )
    |> wait

let private memory (text: string) = text.AsMemory()

/// The files of a part, by the path without an ending, and whether labels are ids.
let shapes: (string * (string -> Row list -> unit) * bool) list =
    let text: Field = DataField<string>("text")

    [
        "Parquet of a text and a list of names",
        (fun path rows ->
            write (path + ".parquet") [ text; ListField("labels", DataField<string>("element")) ] (fun group fields ->
                strings (rows |> List.map (fun (t, _, _, _) -> t)) group fields[0]
                lists (rows |> List.map (fun (_, l, _, _) -> List.map memory l)) group fields[1])),
        false

        "Parquet of Hugging Face in two files, with ids",
        (fun path rows ->
            let half = rows.Length / 2

            for part, rows in [ 0, List.truncate half rows; 1, List.skip half rows ] do
                write
                    $"{path}-{part:D5}-of-00002.parquet"
                    [
                        text
                        ListField("labels", DataField<int64>("element"))
                        DataField<string>("id")
                    ]
                    (fun group fields ->
                        strings (rows |> List.map (fun (t, _, _, _) -> t)) group fields[0]
                        lists (rows |> List.map (fun (_, _, ids, _) -> List.map int64 ids)) group fields[1]
                        strings (rows |> List.map (fun _ -> "x")) group fields[2])),
        true

        "Parquet of structs: a text within, 0 and 1 for each label",
        (fun path rows ->
            let flag (name: string) : Field = DataField<bool>(name)
            let names = [ "birds"; "kites"; "rivers" ]

            write
                (path + ".parquet")
                [
                    StructField("post", DataField<string>("text"))
                    StructField("labels", names |> List.map flag |> List.toArray)
                ]
                (fun group fields ->
                    let at (level: int) =
                        Nullable(ReadOnlyMemory(Array.create rows.Length level))

                    group.WriteAllPartsAsync(
                        fields[0],
                        ReadOnlyMemory(rows |> List.map (fun (t, _, _, _) -> memory t) |> List.toArray),
                        at fields[0].MaxDefinitionLevel,
                        Nullable(),
                        CancellationToken.None
                    )
                    |> wait

                    names
                    |> List.iteri (fun i name ->
                        let values =
                            rows |> List.map (fun (_, l, _, _) -> List.contains name l) |> List.toArray

                        group.WriteAllPartsAsync(
                            fields[i + 1],
                            ReadOnlyMemory values,
                            at fields[i + 1].MaxDefinitionLevel,
                            Nullable(),
                            CancellationToken.None
                        )
                        |> wait))),
        false

        "Parquet of vectors and a string of labels",
        (fun path rows ->
            write
                (path + ".parquet")
                [
                    ListField("embedding", DataField<float32>("element"))
                    DataField<string>("labels")
                ]
                (fun group fields ->
                    lists (rows |> List.map (fun (_, _, _, v) -> List.ofArray v)) group fields[0]
                    strings (rows |> List.map (fun (_, l, _, _) -> String.Join("; ", l))) group fields[1])),
        false
    ]

/// The two files of a set, each with these columns: a text, and one more of strings or, where it is marked so, of numbers.
let set (path: string) (columns: (string * bool) list) : unit =
    for part, (name, isNumber) in List.indexed columns do
        let other: Field =
            if isNumber then
                DataField<double>(name)
            else
                DataField<string>(name)

        write
            $"{path}-{part:D5}-of-{columns.Length:D5}.parquet"
            [ DataField<string>("text"); other ]
            (fun group fields ->
                strings [ "one"; "two" ] group fields[0]

                if isNumber then
                    group.WriteAsync(fields[1], ReadOnlyMemory [| 1.0; 2.0 |], Nullable()) |> wait
                else
                    strings [ "a"; "b" ] group fields[1])
