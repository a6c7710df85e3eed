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

    /// Whether a field holds strings, or numbers and truth values; None of other types, which are not read.
    let private tryIsText (field: DataField) : bool option =
        let strings = [ typeof<string>; typeof<ReadOnlyMemory<char>>; typeof<DateTime> ]

        let numbers =
            [
                typeof<float32>
                typeof<float>
                typeof<int>
                typeof<int64>
                typeof<int16>
                typeof<sbyte>
                typeof<byte>
                typeof<uint32>
                typeof<bool>
            ]

        if List.contains field.ClrType strings then Some true
        elif List.contains field.ClrType numbers then Some false
        else None

    /// Throws DataFormatException for what is no whole Parquet file.
    let private reading (path: string) (f: ParquetReader -> 'result) : 'result =
        try
            let reader =
                ParquetReader.CreateAsync(path, null, Threading.CancellationToken.None) |> wait

            try
                f reader
            finally
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult()
        with
        | :? DataFormatException -> reraise ()
        | :? OperationCanceledException
        | :? FileNotFoundException
        | :? UnauthorizedAccessException -> reraise ()
        | e when not (e :? OutOfMemoryException) -> FileFault.ofFile path "a whole Parquet file" $"damage: {e.Message}"

    /// The values of a field in a row group.
    let private group (path: string) (field: DataField) (number: int) : ParquetValues =
        Cancellation.check ()

        reading path (fun reader ->
            use group = reader.OpenRowGroupReader number

            use raw =
                group.ReadRawColumnDataBaseAsync(field, Threading.CancellationToken.None).AsTask()
                |> wait

            match parsed field raw with
            | Some values -> values
            | None -> FileFault.ofFile path $"strings or numbers in \"{name field}\"" "values of another type")

    /// The columns of a file, whose values are read when they are asked for; those of other types than strings, numbers and truth values are left out. Throws DataFormatException for
    /// what is no whole Parquet file, when it is found.
    let read (path: string) : ParquetColumn[] =
        reading path (fun reader ->
            let groups = reader.RowGroupCount

            let rows =
                Seq.init groups (fun g ->
                    use group = reader.OpenRowGroupReader g
                    group.RowCount)
                |> Seq.sum

            let column field isText : ParquetColumn =
                {
                    Name = name field
                    IsList = isList field
                    IsText = isText
                    Rows = int rows
                    Groups = Seq.init groups (group path field)
                }

            reader.Schema.DataFields
            |> Array.filter (fun _ -> groups > 0)
            |> Array.choose (fun field -> tryIsText field |> Option.map (column field)))
