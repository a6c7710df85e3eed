namespace Limen.Cli

open Limen.Core
open System
open System.Collections.Generic
open System.Text
open System.Threading.Tasks
open System.Xml
open System.Xml.Linq

/// The data set that needs no download: the API documentation that every .NET SDK holds, in its reference packs.
///
/// A row is a member. Its text: the summary, remarks, returns, parameter and value elements, as inner text in the
/// order of the file, white space folded; a reference shows as the short name of what it refers to ("T:System.Span`1"
/// as "Span"). Its labels: the types in its signature (parameter types, the types inside generic ones, the return
/// type where the member's id has it; full names without arity, array, reference and pointer marks, and with a
/// namespace; not the type that declares it) and the exceptions that it documents, whose elements are no part of the
/// text. Members of equal text are one row with all their labels. Members without text or labels drop, then labels
/// with a single row, then rows that have no label left (once is enough: such a row takes no other label with it).
///
/// The name of a true label is not removed from the text where it occurs there.
[<RequireQualifiedAccess>]
module ApiDocs =

    let private withoutArity (name: string) =
        match name.IndexOf '`' with
        | -1 -> name
        | stop -> name[.. stop - 1]

    /// "M:A.B`1.C(D)" as "A.B`1.C", without kind and parameters.
    let private withoutKind (cref: string) =
        let name = if cref.Length > 1 && cref[1] = ':' then cref[2..] else cref

        match name.IndexOf '(' with
        | -1 -> name
        | stop -> name[.. stop - 1]

    let private shortName (cref: string) =
        let name = withoutKind cref
        withoutArity name[name.LastIndexOf '.' + 1 ..]

    let private marks = "(){}[],~@*&!^:| ".ToCharArray()

    /// The full names of the types in the signature of a member id: "M:A.B.C(D.E{F.G},H.I[])~J.K" holds D.E, F.G, H.I
    /// and J.K.
    let signatureTypes (id: string) : string[] =
        match id.IndexOfAny [| '('; '~' |] with
        | -1 -> [||]
        | start ->
            id[start..].Split(marks, StringSplitOptions.RemoveEmptyEntries)
            |> Array.map withoutArity
            |> Array.filter (fun name -> name.Contains '.' && Char.IsLetter name[0])
            |> Array.distinct

    let private attribute (name: string) (element: XElement) =
        element.Attribute(XName.Get name) |> Option.ofObj |> Option.map _.Value

    /// The inner text of an element; an empty reference shows the short name of its target.
    let rec private innerText (text: StringBuilder) (node: XNode) : unit =
        match node with
        | :? XText as part -> text.Append part.Value |> ignore
        | :? XElement as element when element.Name.LocalName = "exception" -> ()
        | :? XElement as element when element.IsEmpty || element.FirstNode = null ->
            attribute "cref" element
            |> Option.map shortName
            |> Option.orElse (attribute "langword" element)
            |> Option.orElse (attribute "name" element)
            |> Option.iter (text.Append >> ignore)
        | :? XElement as element -> element.Nodes() |> Seq.iter (innerText text)
        | _ -> ()

    let private folded (text: string) =
        String.Join(' ', text.Split(Array.empty<char>, StringSplitOptions.RemoveEmptyEntries))

    let private spoken = HashSet [ "summary"; "remarks"; "returns"; "param"; "value" ]

    /// The text and the labels of a member element.
    let private row (membr: XElement) : struct (string * string[]) =
        let text = StringBuilder()
        let exceptions = List<string>()

        for element in membr.Elements() do
            if spoken.Contains element.Name.LocalName && element.FirstNode <> null then
                text.Append ' ' |> ignore
                innerText text element
            elif element.Name.LocalName = "exception" then
                attribute "cref" element
                |> Option.map (withoutKind >> withoutArity)
                |> Option.filter _.Contains('.')
                |> Option.iter exceptions.Add

        let types =
            attribute "name" membr |> Option.map signatureTypes |> Option.defaultValue [||]

        struct (folded (text.ToString()), Array.append types (exceptions.ToArray()))

    let private rowsOf (file: string) : struct (string * string[])[] =
        use reader = XmlReader.Create file

        try
            [|
                while reader.Read() do
                    while reader.NodeType = XmlNodeType.Element && reader.Name = "member" do
                        let struct (text, labels) = row (XNode.ReadFrom reader :?> XElement)

                        if text <> "" && labels.Length > 0 then
                            struct (text, labels)
            |]
        with :? XmlException as e ->
            let place =
                {
                    File = file
                    Line = e.LineNumber
                    Column = e.LinePosition
                }

            raise (DataFormatException(place, "valid XML", e.Message))

    /// The rows of documentation files, in the order of the files, as described above.
    let readFiles (files: string[]) : TextDataset =
        let merged = Dictionary<string, HashSet<string>>()
        let texts = List<string>()

        let reading = files |> Array.map (fun file -> Task.Run(fun () -> rowsOf file))

        for task in reading do
            let rows = task.GetAwaiter().GetResult()

            for struct (text, labels) in rows do
                match merged.TryGetValue text with
                | true, known -> known.UnionWith labels
                | _ ->
                    merged[text] <- HashSet labels
                    texts.Add text

        let support = merged.Values |> Seq.concat |> Seq.countBy id |> dict

        let kept =
            texts.ToArray()
            |> Array.map (fun text ->
                text,
                merged[text]
                |> Seq.filter (fun l -> support[l] > 1)
                |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
                |> Seq.toArray)
            |> Array.filter (fun (_, labels) -> labels.Length > 0)

        {
            Texts = Array.map fst kept
            LabelNames = Array.map snd kept
            Weights = None
        }

    /// A number in [0, 1) that depends on the text alone: FNV-1a over its UTF-8 bytes, mixed by the seed's generator.
    let private draw (text: string) =
        let hash =
            Encoding.UTF8.GetBytes text
            |> Array.fold (fun h b -> (h ^^^ uint64 b) * 0x100000001B3UL) 0xCBF29CE484222325UL

        Seed.uniform 0L (Seed hash)

    /// The rows in three parts by a hash of the text: 70 % for training, 10 % for validation, 20 % for testing. No
    /// text is in two parts.
    let split (rows: TextDataset) : Split<TextDataset> =
        let draws = Array.map draw rows.Texts

        let part least below =
            let chosen =
                [|
                    for i in 0 .. rows.Rows - 1 do
                        if draws[i] >= least && draws[i] < below then
                            i
                |]

            {
                Texts = chosen |> Array.map (Array.get rows.Texts)
                LabelNames = chosen |> Array.map (Array.get rows.LabelNames)
                Weights = None
            }

        {
            Train = part 0.0 0.7
            Validation = Some(part 0.7 0.8)
            Test = Some(part 0.8 1.0)
        }

    /// The documentation of the installed SDK, split. Throws DirectoryNotFoundException where there is none.
    let read () : Split<TextDataset> =
        ReferencePacks.places () |> ReferencePacks.documentationIn |> readFiles |> split
