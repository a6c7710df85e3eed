namespace Limen.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

/// Lists of labels written in one value: "birds; kites", "['birds', 'kites']", "birds".
[<RequireQualifiedAccess>]
module LabelLists =

    /// How the lists of a file are written.
    type Form =
        /// In brackets, as JSON and Python write lists.
        | Bracketed
        /// With this between two.
        | Separated of string
        /// Each value is one label.
        | Single

    /// Between two labels, where nothing else is asked for: the first that occurs.
    let separators = [ ";"; "|"; "," ]

    let private isBracketed (value: string) =
        value.StartsWith '[' && value.EndsWith ']'

    /// How these values are written: as asked for, else all in brackets, else with the first of the separators that occurs. Throws ArgumentException for an empty separator.
    let form (separator: string) (values: string seq) : Form =
        if separator = "" then
            invalidArg (nameof separator) "Separator: expected what stands between two labels, received nothing"

        let occurs = separators |> List.map (fun _ -> false) |> List.toArray
        let mutable bracketed = true

        if isNull separator then
            // one pass, for the values may be packed
            for value in values do
                bracketed <- bracketed && (String.IsNullOrWhiteSpace value || isBracketed (value.Trim()))

                separators
                |> List.iteri (fun i s -> occurs[i] <- occurs[i] || value.Contains(s, StringComparison.Ordinal))

        match List.zip separators (List.ofArray occurs) |> List.tryFind snd with
        | _ when not (isNull separator) -> Separated separator
        | _ when bracketed -> Bracketed
        | Some(found, _) -> Separated found
        | None -> Single

    /// What is said of a form.
    let describe (form: Form) : string =
        match form with
        | Bracketed -> "lists in brackets"
        | Separated "\t" -> "separated by tabs"
        | Separated " " -> "separated by blanks"
        | Separated s -> $"separated by \"{s}\""
        | Single -> "one a row"

    /// A list as JSON writes it; None where it is none.
    let private json (value: string) : string list option =
        try
            use document = JsonDocument.Parse value

            document.RootElement.EnumerateArray()
            |> Seq.map _.ToString()
            |> Seq.toList
            |> Some
        with :? JsonException ->
            None

    /// A list as Python or numpy print it: items in quotes of either kind or without, at commas or, where there is none, at blanks.
    let private python (value: string) : string list =
        let items = List<string>()
        let item = StringBuilder()
        let commas = value.Contains ','
        let mutable quote = '\000'
        let mutable at = 1

        let next () =
            items.Add(item.ToString())
            item.Clear() |> ignore

        while at < value.Length - 1 do
            let c = value[at]

            if quote <> '\000' && c = '\\' && at < value.Length - 2 then
                item.Append value[at + 1] |> ignore
                at <- at + 1
            elif c = quote then
                quote <- '\000'
            elif quote <> '\000' then
                item.Append c |> ignore
            elif (c = '\'' || c = '"') && String.IsNullOrWhiteSpace(item.ToString()) then
                item.Clear() |> ignore
                quote <- c
            elif (if commas then c = ',' else Char.IsWhiteSpace c) then
                next ()
            else
                item.Append c |> ignore

            at <- at + 1

        next ()
        Seq.toList items

    let private bracketed (value: string) : string list =
        match value[1..].TrimStart() with
        | quoted when quoted.StartsWith '"' -> json value |> Option.defaultWith (fun () -> python value)
        | _ -> python value

    /// The labels of a value without blanks around them; empty ones are none.
    let split (form: Form) (value: string) : string[] =
        let value = value.Trim()

        let items =
            match form with
            | _ when value = "" -> []
            | Bracketed -> bracketed value |> List.map _.Trim()
            | Separated separator -> value.Split separator |> Array.map _.Trim() |> Array.toList
            | Single -> [ value ]

        items |> List.filter ((<>) "") |> List.toArray

    /// Written so that `form` and `split` give the labels back: between semicolons where that can be, else in brackets, all rows alike.
    let write (sets: string[][]) : string[] =
        let plain =
            sets
            |> Seq.concat
            |> Seq.forall (fun label -> label.IndexOfAny [| ';'; '|'; ','; '['; ']' |] < 0 && label.Trim() = label)

        let quoted (label: string) =
            "\""
            + label
                .Replace("\\", "\\\\")
                .Replace("\"", "\\\"")
                .Replace("\n", "\\n")
                .Replace("\r", "\\r")
                .Replace("\t", "\\t")
            + "\""

        sets
        |> Array.map (fun set ->
            if plain then
                String.Join(";", set)
            else
                "[" + String.Join(", ", set |> Array.map quoted) + "]")
