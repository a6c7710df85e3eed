namespace Limen.Core

open System
open System.IO
open System.Text.RegularExpressions
open System.Xml
open System.Xml.Linq
open Limen

/// Which attributes of an ARFF file are labels: as asked for, by Mulan's XML beside it, or by MEKA's -C in the name of its relation.
[<RequireQualifiedAccess>]
module internal ArffLabels =

    /// The labels of Mulan's XML, in its order, those within others too.
    let private mulan (path: string) : string[] option =
        let xml = Path.ChangeExtension(Lines.unpacked path, ".xml")

        // yeast-train.arff stands beside yeast.xml
        let shared =
            Path.Combine(
                Path.GetDirectoryName xml,
                Regex.Replace(
                    Path.GetFileName xml,
                    @"[-_.](train|test|dev|valid|val|validation)\.xml$",
                    ".xml",
                    RegexOptions.IgnoreCase
                )
            )

        [ xml; shared ]
        |> List.tryFind File.Exists
        |> Option.map (fun xml ->
            try
                XDocument.Load(xml).Descendants()
                |> Seq.filter (fun e -> e.Name.LocalName = "label")
                |> Seq.map (fun e -> e.Attribute(XName.Get "name").Value)
                |> Seq.toArray
            with
            | :? XmlException as e ->
                Lines.fail xml (max 1 e.LineNumber) (max 1 e.LinePosition) "Mulan's XML of labels" e.Message
            | :? NullReferenceException -> Lines.fail xml 1 1 "a name for each label" "none")

    let private meka (relation: string) : int option =
        match Regex.Match(relation, @"-C\s+(-?\d+)") with
        | m when m.Success -> Some(int m.Groups[1].Value)
        | _ -> None

    let private place path (names: string[]) (name: string) : int =
        match FieldNames.tryFind [ name ] names with
        | Some at -> at
        | None ->
            Lines.fail
                path
                1
                1
                $"an attribute \"{name}\", as one of the labels"
                $"the attributes {FieldNames.listed names}"

    /// The first attributes, the last where the number is negative.
    let private counted path (names: string[]) (by: string) (n: int) : int[] =
        if n = 0 || abs n > names.Length then
            Lines.fail path 1 1 $"labels among the {names.Length} attributes" $"{n}, {by}"

        if n > 0 then
            [| 0 .. n - 1 |]
        else
            [| names.Length + n .. names.Length - 1 |]

    /// What the caller asks for, before anything in the files.
    let private asked (fields: Fields) path (names: string[]) : int[] option =
        if fields.Labels.Count > 0 then
            fields.Labels |> Seq.map (place path names) |> Seq.toArray |> Some
        elif not (isNull fields.LabelPrefix) then
            [| 0 .. names.Length - 1 |]
            |> Array.filter (fun at -> names[at].StartsWith(fields.LabelPrefix, StringComparison.Ordinal))
            |> Some
        else
            fields.LabelCount
            |> Option.ofNullable
            |> Option.map (counted path names "as asked for")

    /// Their places among the names of the attributes, and who says so. Throws DataFormatException where nothing does, or what does names no such attributes.
    let find (fields: Fields) (path: string) (relation: string) (names: string[]) : int[] * string =
        match asked fields path names with
        | Some places -> places, "as asked for"
        | None ->
            match mulan path, meka relation with
            | Some labels, _ -> Array.map (place path names) labels, "by the XML beside"
            | None, Some n ->
                let by = $"by -C {n} in the name of the relation"
                counted path names by n, by
            | None, None ->
                Lines.fail
                    path
                    1
                    1
                    "an XML file of the labels beside it (Mulan), -C n in the name of the relation (MEKA), or the labels by name or number"
                    $"neither, with the attributes {FieldNames.listed names}"
