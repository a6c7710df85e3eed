namespace Limen.Core

open System
open System.Collections
open System.Globalization
open System.Reflection
open System.Security.Cryptography
open System.Text
open Microsoft.FSharp.Reflection

/// What a value is made of, as names and texts: two values with the same fingerprint behave alike. Options hold functions; of these it is the code (the type that the compiler
/// made of it) and what the code has captured, each under the name that it has in the source. It holds within one build of the library.
[<RequireQualifiedAccess>]
module Fingerprint =

    let private allFields =
        BindingFlags.Instance
        ||| BindingFlags.Public
        ||| BindingFlags.NonPublic
        ||| BindingFlags.DeclaredOnly

    /// The instance fields of a type and of those that it inherits from, the latter first.
    let rec private fieldsOf (kind: Type) : FieldInfo list =
        if isNull kind || kind = typeof<obj> then
            []
        else
            fieldsOf kind.BaseType @ List.ofArray (kind.GetFields allFields)

    /// The name in the source: compilers write <Name>k__BackingField, Name@ and _name.
    let private nameOf (field: FieldInfo) =
        let name = field.Name

        if name.StartsWith '<' then
            name.Substring(1, name.IndexOf '>' - 1)
        else
            name.TrimEnd('@').TrimStart('_')

    /// More numbers than these are told by their hash.
    let private shown = 16

    let private join path name =
        if path = "" then name else $"{path}.{name}"

    let private isPlain (kind: Type) =
        kind.IsPrimitive
        || kind.IsEnum
        || kind = typeof<string>
        || kind = typeof<decimal>
        || kind = typeof<TimeSpan>

    let private plain (value: obj) =
        match value with
        | :? float as x -> x.ToString("R", CultureInfo.InvariantCulture)
        | :? float32 as x -> x.ToString("R", CultureInfo.InvariantCulture)
        | :? IFormattable as x -> x.ToString(null, CultureInfo.InvariantCulture)
        | other -> string other

    let private list (items: string list) =
        if items.Length <= shown then
            String.Join(", ", items)
        else
            let bytes = Encoding.UTF8.GetBytes(String.Join("\n", items))
            $"{items.Length} values, {Convert.ToHexStringLower(SHA256.HashData bytes).Substring(0, 16)}"

    /// A name and its text. Code: what the compiler calls functions and objects, which tells builds apart and says nothing to a person.
    type private Part =
        {
            Path: string
            Text: string
            IsCode: bool
        }

    let private said path text =
        {
            Path = path
            Text = text
            IsCode = false
        }

    let private code path text = { said path text with IsCode = true }

    /// enters: whether to look into an object, a list or a function. outer: what the value is part of.
    let rec private walk (enters: obj -> bool) (outer: obj list) (path: string) (value: obj) : Part list =
        match value with
        | null -> [ said path "none" ]
        | value when isPlain (value.GetType()) -> [ said path (plain value) ]
        | value when outer |> List.exists (fun o -> obj.ReferenceEquals(o, value)) -> [ code path "what it is part of" ]
        | value when not (enters value) -> [ said path "of one's own" ]
        | value -> parts enters (value :: outer) path value

    and private parts enters outer path value =
        match value with
        | :? Type as kind -> [ code path (string kind) ]
        | :? Delegate as call ->
            code path $"{call.Method.DeclaringType}.{call.Method.Name}"
            :: (if isNull call.Target then
                    []
                else
                    walk enters outer path call.Target)
        | :? IEnumerable as items ->
            let items = items |> Seq.cast<obj> |> List.ofSeq

            if items |> List.forall (fun item -> not (isNull item) && isPlain (item.GetType())) then
                [ items |> List.map plain |> list |> said path ]
            else
                items
                |> List.mapi (fun i item -> walk enters outer $"{path}[{i}]" item)
                |> List.concat
        | value -> composed enters outer path value

    and private composed enters outer path value =
        let kind = value.GetType()

        if FSharpType.IsUnion(kind, true) then
            let case, fields = FSharpValue.GetUnionFields(value, kind, true)

            said path case.Name
            :: (Array.zip (case.GetFields()) fields
                |> Seq.collect (fun (field, value) -> walk enters outer (join path field.Name) value)
                |> List.ofSeq)
        elif FSharpType.IsRecord(kind, true) then
            FSharpType.GetRecordFields(kind, true)
            |> Seq.collect (fun field -> walk enters outer (join path field.Name) (field.GetValue value))
            |> List.ofSeq
        else
            // an object, or a function: the code is its type
            code path (string kind)
            :: (fieldsOf kind
                |> List.collect (fun field -> walk enters outer (join path (nameOf field)) (field.GetValue value)))

    /// Names and texts, in an order that is the same for equal values.
    let ofValue (value: obj) : (string * string) list =
        walk (fun _ -> true) [] "" value |> List.map (fun part -> part.Path, part.Text)

    /// Whether the library made it, or F#, or it is an array or a tuple: who uses the library may hand over functions that hold whatever there is.
    let private isKnown (value: obj) =
        let kind = value.GetType()

        kind.IsArray
        || FSharpType.IsTuple kind
        || kind.Assembly.GetName().Name.StartsWith("Limen", StringComparison.Ordinal)
        || kind.Assembly = typeof<int list>.Assembly

    /// The numbers, words and cases in a value, each after the last part of its name: "C", "0.5". Code, and what is not set, are left out, so that they are the same from build to
    /// build; code of others is told by where it stands alone.
    let internal words (value: obj) : (string * string) list =
        walk isKnown [] "" value
        |> List.filter (fun part -> not (part.IsCode || part.Text = "" || part.Text = "none"))
        |> List.map (fun part -> part.Path[part.Path.LastIndexOf '.' + 1 ..], part.Text)

    /// The first name under which two fingerprints differ, with both texts; None where they are the same.
    let difference (a: (string * string) list) (b: (string * string) list) : (string * string * string) option =
        let texts (f: (string * string) list) =
            f
            |> List.groupBy fst
            |> List.map (fun (name, all) -> name, all |> List.map snd |> String.concat ", ")
            |> Map.ofList

        let ofA, ofB = texts a, texts b

        let text name found =
            found |> Map.tryFind name |> Option.defaultValue "nothing"

        a @ b
        |> List.map fst
        |> List.distinct
        |> List.tryFind (fun name -> Map.tryFind name ofA <> Map.tryFind name ofB)
        |> Option.map (fun name -> name, text name ofA, text name ofB)
