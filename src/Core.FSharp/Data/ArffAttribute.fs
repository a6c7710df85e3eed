namespace Limen.Core

open System
open System.Globalization

/// What an attribute's values are.
[<RequireQualifiedAccess>]
type internal ArffKind =
    | Number
    | Nominal of string[]
    | Text

/// An attribute of an ARFF file: its values are features, a text, or say whether a row has its label.
[<RequireQualifiedAccess>]
type internal ArffAttribute = { Name: string; Kind: ArffKind }

[<RequireQualifiedAccess>]
module internal ArffAttribute =

    let private kind path line (text: string) : ArffKind =
        if text.StartsWith '{' && text.EndsWith '}' then
            ArffKind.Nominal(ArffValues.list text[1 .. text.Length - 2])
        else
            match text.ToLowerInvariant().Split([| ' '; '\t' |])[0] with
            | "numeric"
            | "real"
            | "integer" -> ArffKind.Number
            | "string" -> ArffKind.Text
            | _ ->
                Lines.fail
                    path
                    line
                    1
                    "numeric, real, integer, string or {a, b} as the type of an attribute"
                    $"\"{text}\""

    /// What stands after @attribute: a name and a type. Throws DataFormatException for a type that ARFF does not have, and for those of dates and tables.
    let parse (path: string) (line: int) (text: string) : ArffAttribute =
        let name, next = ArffValues.value text 0 Char.IsWhiteSpace

        {
            ArffAttribute.Name = name
            Kind = kind path line (text[next..].Trim())
        }

    /// How many features it is: one for each value of a nominal one of more than two.
    let width (attribute: ArffAttribute) : int =
        match attribute.Kind with
        | ArffKind.Number -> 1
        | ArffKind.Nominal names -> if names.Length <= 2 then 1 else names.Length
        | ArffKind.Text -> 0

    /// Whether a value says that a row has the attribute's label; None where it says neither.
    let isTrue (attribute: ArffAttribute) (value: string) : bool voption =
        match attribute.Kind, value with
        | _, ("1" | "1.0" | "true" | "yes" | "y") -> ValueSome true
        | _, ("0" | "0.0" | "false" | "no" | "n" | "?") -> ValueSome false
        | ArffKind.Nominal [| zero; one |], v when v = zero || v = one -> ValueSome((v = one))
        | _ -> ValueNone

    let private number (text: string) : float32 voption =
        match Single.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, v -> ValueSome v
        | _ -> ValueNone

    /// The feature that a value is, by its place among the attribute's own; None where that is 0. A missing value is NaN at the first place, and a nominal one of two
    /// is the number it is written as or 0 and 1. Throws DataFormatException for what the attribute cannot be.
    let feature path line (attribute: ArffAttribute) (value: string) : struct (int * float32) voption =
        let entry at v =
            if v = 0f then ValueNone else ValueSome(struct (at, v))

        match attribute.Kind with
        | ArffKind.Text -> ValueNone
        | _ when value = "?" -> entry 0 nanf
        | ArffKind.Number ->
            match number value with
            | ValueSome v when Single.IsFinite v -> entry 0 v
            | _ -> Lines.fail path line 1 $"a number for \"{attribute.Name}\"" $"\"{value}\""
        | ArffKind.Nominal names ->
            match Array.IndexOf(names, value) with
            | -1 ->
                Lines.fail path line 1 $"""one of {String.Join(", ", names)} for "{attribute.Name}" """ $"\"{value}\""
            | at when names.Length <= 2 -> number value |> ValueOption.defaultValue (float32 at) |> entry 0
            | at -> entry at 1f
