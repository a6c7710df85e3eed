namespace Limen.Core

open System
open System.Collections.Generic
open System.Globalization
open System.Text

/// The values of a line of ARFF, in quotes or without, by place.
[<RequireQualifiedAccess>]
module internal ArffValues =

    /// A value, with quotes or without, at the start of the rest: the value and where it ends.
    let value (line: string) (from: int) (ends: char -> bool) : string * int =
        let mutable at = from

        while at < line.Length && Char.IsWhiteSpace line[at] && not (ends line[at]) do
            at <- at + 1

        if at < line.Length && (line[at] = '\'' || line[at] = '"') then
            let quote = line[at]
            let text = StringBuilder()
            at <- at + 1

            while at < line.Length && line[at] <> quote do
                if line[at] = '\\' && at + 1 < line.Length then
                    at <- at + 1

                    text.Append(
                        match line[at] with
                        | 'n' -> '\n'
                        | 't' -> '\t'
                        | c -> c
                    )
                    |> ignore
                else
                    text.Append line[at] |> ignore

                at <- at + 1

            text.ToString(), min line.Length (at + 1)
        else
            let start = at

            while at < line.Length && not (ends line[at]) do
                at <- at + 1

            line[start .. at - 1].Trim(), at

    /// Items with a comma between two; the function gets where one begins, and gives it and where it ends.
    let private between (item: int -> 'item * int) (text: string) : 'item[] =
        let items = List<'item>()
        let mutable at = 0
        let mutable more = text.Trim() <> ""

        while more do
            let found, next = item at
            items.Add found
            let comma = text.IndexOf(',', min next text.Length)
            more <- comma >= 0
            at <- comma + 1

        items.ToArray()

    /// Values with a comma between two.
    let list (text: string) : string[] =
        between (fun at -> value text at ((=) ',')) text

    /// The number and the value of each attribute that a sparse row names, without its brackets.
    let private pairs (body: string) : (string * string)[] =
        let pair (at: int) =
            let mutable start = at

            while start < body.Length && Char.IsWhiteSpace body[start] do
                start <- start + 1

            let index, next = value body start Char.IsWhiteSpace
            let item, next = value body next ((=) ',')
            (index, item), next

        between pair body

    /// The places and values of a sparse row, of a text from { to }. What it leaves out is 0 or the attribute's first value.
    let private sparse path line (attributes: int) (text: string) : (int * string)[] =
        if not (text.EndsWith '}') then
            Lines.fail path line text.Length "} at the end of a sparse row" "none"

        let place (index: string) =
            match Int32.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture) with
            | true, at when at < attributes -> at
            | _ -> Lines.fail path line 1 $"the number of an attribute, 0 to {attributes - 1}" $"\"{index}\""

        let cells =
            pairs text[1 .. text.Length - 2]
            |> Array.map (fun (index, item) -> place index, item)

        if (Array.distinctBy fst cells).Length < cells.Length then
            Lines.fail path line 1 "each attribute once in a row" "one twice"

        cells

    /// The places and values that a row gives of so many attributes, dense or sparse; its text has no blanks at its ends.
    let row path line (attributes: int) (text: string) : (int * string)[] =
        if text.StartsWith '{' then
            sparse path line attributes text
        else
            let items = list text

            if items.Length <> attributes then
                Lines.fail path line 1 $"{attributes} values, one for each attribute" $"{items.Length}"

            Array.indexed items
