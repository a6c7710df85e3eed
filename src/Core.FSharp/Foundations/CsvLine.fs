namespace Limen.Core

open System
open System.Globalization

/// Lines of comma-separated values as spreadsheets read them (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180).
[<RequireQualifiedAccess>]
module CsvLine =

    let private marks = [| ','; '"'; '\r'; '\n' |]

    let private quoted (text: string) =
        if text.IndexOfAny marks < 0 then
            text
        else
            "\"" + text.Replace("\"", "\"\"") + "\""

    /// A value in its shortest form, with a point before decimals; nothing is an empty field, and so is NaN.
    let private written (value: obj) : string =
        match value with
        | null -> ""
        | :? float as number when Double.IsNaN number -> ""
        | :? IFormattable as number -> number.ToString(null, CultureInfo.InvariantCulture)
        | other -> string other

    /// A line, without its end.
    let ofValues (values: obj seq) : string =
        values |> Seq.map (written >> quoted) |> String.concat ","
