namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open System.Threading.Tasks
open Parquet
open Parquet.Data
open Parquet.Schema

/// Columns of Parquet files, by Parquet.Net (https://github.com/aloneguid/parquet-dotnet).
[<RequireQualifiedAccess>]
module internal ParquetColumns =

    let private wait (task: Task<'a>) : 'a = task.GetAwaiter().GetResult()

    /// Without the levels that only say how lists are stored.
    let name (field: DataField) : string =
        let parts = field.Path.ToList()
        let at = parts |> Seq.tryFindIndex (fun part -> part = "list" || part = "bag")

        match at with
        | Some at when field.MaxRepetitionLevel > 0 && at > 0 -> String.Join(".", Seq.take at parts)
        | _ -> String.Join(".", parts)

    let isList (field: DataField) : bool = field.MaxRepetitionLevel > 0

    /// Values with the null ones among them, by definition levels; entries of lists that are empty or null are none.
    let private entries (field: DataField) (levels: int[]) (values: 'a[]) (missing: 'a) : ('a voption)[] =
        let most = field.MaxDefinitionLevel
        let mutable next = 0

        if levels.Length = 0 then
            values |> Array.map ValueSome
        else
            levels
            |> Array.map (fun level ->
                if level = most then
                    next <- next + 1
                    ValueSome values[next - 1]
                elif isList field && level = most - 1 && field.IsNullable then
                    ValueSome missing
                else
                    ValueNone)

    /// The entries of each row: one begins where the repetition level is 0.
    let private rows (repetition: int[]) (entries: ('a voption)[]) : 'a[][] =
        if repetition.Length = 0 then
            entries
            |> Array.map (fun e ->
                match e with
                | ValueSome v -> [| v |]
                | ValueNone -> [||])
        else
            let found = List<List<'a>>()

            for i in 0 .. entries.Length - 1 do
                if repetition[i] = 0 then
                    found.Add(List())

                match entries[i] with
                | ValueSome v -> found[found.Count - 1].Add v
                | ValueNone -> ()

            found |> Seq.map _.ToArray() |> Seq.toArray

    let private parsed (field: DataField) (raw: RawColumnData) : ParquetValues option =
        let definition =
            if field.MaxDefinitionLevel > 0 then
                raw.DefinitionLevels.ToArray()
            else
                Array.empty

        let repetition =
            if isList field then
                raw.RepetitionLevels.ToArray()
            else
                Array.empty

        let numbers (values: float[]) =
            entries field definition values nan
            |> rows repetition
            |> ParquetValues.Numbers
            |> Some

        let strings (values: string[]) =
            entries field definition values null
            |> rows repetition
            |> ParquetValues.Strings
            |> Some

        match raw with
        | :? RawColumnData<ReadOnlyMemory<char>> as c -> c.Values.ToArray() |> Array.map _.ToString() |> strings
        | :? RawColumnData<float32> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<float> as c -> c.Values.ToArray() |> numbers
        | :? RawColumnData<int> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<int64> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<int16> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<sbyte> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<byte> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<uint32> as c -> c.Values.ToArray() |> Array.map float |> numbers
        | :? RawColumnData<bool> as c -> c.Values.ToArray() |> Array.map (fun b -> if b then 1.0 else 0.0) |> numbers
        | :? RawColumnData<DateTime> as c -> c.Values.ToArray() |> Array.map _.ToString("O") |> strings
        | _ -> None

    let private column (field: DataField) (values: ParquetValues) : ParquetColumn =
        {
            Name = name field
            IsList = isList field
            Values = values
        }

    /// The columns of a file; those of other types than strings, numbers and truth values are left out. Throws DataFormatException for what is no whole Parquet file.
    let read (path: string) : ParquetColumn[] =
        try
            let reader =
                ParquetReader.CreateAsync(path, null, Threading.CancellationToken.None) |> wait

            try
                [|
                    for field in reader.Schema.DataFields do
                        let parts =
                            [
                                for g in 0 .. reader.RowGroupCount - 1 do
                                    Cancellation.check ()
                                    use group = reader.OpenRowGroupReader g

                                    use raw =
                                        group
                                            .ReadRawColumnDataBaseAsync(field, Threading.CancellationToken.None)
                                            .AsTask()
                                        |> wait

                                    parsed field raw
                            ]

                        if not parts.IsEmpty && parts |> List.forall _.IsSome then
                            match parts |> List.choose id |> ParquetValues.tryConcat with
                            | Some values -> column field values
                            | None -> ()
                |]
            finally
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult()
        with
        | :? DataFormatException -> reraise ()
        | :? OperationCanceledException
        | :? FileNotFoundException
        | :? UnauthorizedAccessException -> reraise ()
        | e when not (e :? OutOfMemoryException) -> FileFault.ofFile path "a whole Parquet file" $"damage: {e.Message}"
