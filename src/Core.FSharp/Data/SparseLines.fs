namespace Limen.Core

open System
open System.Globalization
open System.Text

/// Rows of "id:value id:value" after a first line of sizes.
[<RequireQualifiedAccess>]
module internal SparseLines =

    let private entry path line (columns: int) (word: string) : struct (int * float32) =
        let refuse expected =
            Lines.fail path line 1 expected $"\"{word}\""

        match word.Split ':' with
        | [| id; value |] ->
            match
                Int32.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture),
                Single.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture)
            with
            | (true, id), (true, value) when id < columns && Single.IsFinite value -> struct (id, value)
            | (true, id), (true, _) when id >= columns -> refuse $"an id below {columns}, as the first line says"
            | _ -> refuse "id:value"
        | _ -> refuse "id:value"

    let private row path columns line (text: string) : struct (int * float32)[] =
        let entries =
            text.Split([| ' '; '\t'; '\r' |], StringSplitOptions.RemoveEmptyEntries)
            |> Array.map (entry path line columns)
            |> Array.sortBy (fun (struct (id, _)) -> id)

        for i in 1 .. entries.Length - 1 do
            let struct (before, _), struct (id, _) = entries[i - 1], entries[i]

            if before = id then
                Lines.fail path line 1 "each id once in a row" $"{id} twice"

        entries |> Array.filter (fun (struct (_, value)) -> value <> 0f)

    /// The rows of a block of lines; the file's first line is none.
    let parse
        (path: string)
        (columns: int)
        (firstLine: int)
        (bytes: ReadOnlyMemory<byte>)
        : struct (int * float32)[][] =
        let lines = (Encoding.UTF8.GetString bytes.Span).Split '\n'

        [|
            for i in 0 .. lines.Length - 2 do
                if firstLine + i > 1 then
                    row path columns (firstLine + i) lines[i]
        |]
