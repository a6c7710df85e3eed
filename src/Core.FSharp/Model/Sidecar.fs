namespace Limen.Core

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Text.Json
open System.Text.Json.Serialization
open Limen
open Limen.Kernels

/// The arrays of a model apart from its manifest: writing collects them and leaves their names in the JSON, reading finds
/// them by these names. Whatever record a model is made of is saved so, without a line of its own.
[<Sealed>]
type internal Sidecar() =

    /// Numbers, by name, in the order in which they were met.
    member val Arrays = List<string * StoredArray>()
    /// What tokenisers of one's own are found among where a model is read.
    member val Tokenisers = GivenTokenisers([], "") with get, set
    /// Lists of strings (labels, terms), by name.
    member val Strings = List<string * string[]>()

    member s.AddArray(array: StoredArray) =
        let name = $"array.{s.Arrays.Count}"
        s.Arrays.Add(name, array)
        name

    member s.AddStrings(strings: string[]) =
        let name = $"strings.{s.Strings.Count}"
        s.Strings.Add(name, strings)
        name

    member private _.Find(what, items: List<string * 'a>, name: string) =
        match items |> Seq.tryFind (fst >> (=) name) with
        | Some(_, found) -> found
        | None -> raise (JsonException $"the {what} \"{name}\" is missing")

    member s.Floats(name: string) =
        match s.Find("array", s.Arrays, name) with
        | F32(_, values) -> values
        | F64 _
        | I32 _ -> raise (JsonException $"the array \"{name}\" should hold F32")

    member s.Doubles(name: string) =
        match s.Find("array", s.Arrays, name) with
        | F64(_, values) -> values
        | F32 _
        | I32 _ -> raise (JsonException $"the array \"{name}\" should hold F64")

    member s.Shape(name: string) =
        match s.Find("array", s.Arrays, name) with
        | F32(shape, _)
        | F64(shape, _)
        | I32(shape, _) -> shape

    member s.Ints(name: string) =
        match s.Find("array", s.Arrays, name) with
        | I32(_, values) -> values
        | F32 _
        | F64 _ -> raise (JsonException $"the array \"{name}\" should hold I32")

    member s.StringList(name: string) =
        s.Find("list of strings", s.Strings, name)

/// Where converters find the sidecar of what is written or read now.
[<Sealed>]
type internal SidecarSlot() =
    member val Sidecar = Sidecar() with get, set

/// A type that is written as another one.
type private Through<'value, 'stored>(toStored: 'value -> 'stored, ofStored: 'stored -> 'value) =
    inherit JsonConverter<'value>()

    override _.Write(writer, value, options) =
        JsonSerializer.Serialize<'stored>(writer, toStored value, options)

    override _.Read(reader, _, options) =
        ofStored (JsonSerializer.Deserialize<'stored>(&reader, options))

/// A fitted variant under the tag of its registry line, with data of that line's own type.
type private Tagged<'fitted>(codecs: Codec<'fitted> list, stored: 'fitted -> Stored) =
    inherit JsonConverter<'fitted>()

    override _.Write(writer, value, options) =
        let stored = stored value
        writer.WriteStartObject()
        writer.WriteString("Tag", stored.Tag)
        writer.WritePropertyName "Data"
        JsonSerializer.Serialize(writer, stored.Data, stored.Data.GetType(), options)
        writer.WriteEndObject()

    override _.Read(reader, _, options) =
        use json = JsonDocument.ParseValue &reader

        match json.RootElement.TryGetProperty "Tag", json.RootElement.TryGetProperty "Data" with
        | (true, tag), (true, data) when tag.ValueKind = JsonValueKind.String ->
            match codecs |> List.tryFind (fun codec -> codec.Tag = tag.GetString()) with
            | Some codec -> codec.Load(data.Deserialize(codec.Data, options))
            | None ->
                let known = codecs |> List.map _.Tag |> String.concat ", "
                raise (JsonException $"\"{tag.GetString()}\" is none of the variants that this version knows: {known}")
        | _ -> raise (JsonException "expected a tag and data")

/// A matrix as its three arrays.
[<ReferenceEquality>]
type private StoredMatrix =
    {
        Size: int[]
        RowStart: int[]
        Indices: int[]
        Values: float32[]
    }

/// A tokeniser of one's own is code; what is stored tells it from others.
type private StoredTokens =
    | Words
    | Letters
    | Characters of shortest: int * longest: int
    | Own of fingerprint: string

[<ReferenceEquality>]
type private StoredVectoriser =
    {
        Options: VectoriserOptions
        Terms: string[]
        Idf: float32[]
    }

[<ReferenceEquality>]
type private StoredLinear = { Weights: CsrMatrix; Bias: float32[] }

[<RequireQualifiedAccess>]
module internal ModelJson =

    /// What was stored may be damaged: arrays that do not make a value are as bad as JSON that does not.
    let private through (toStored: 'value -> 'stored) (ofStored: 'stored -> 'value) : JsonConverter =
        let checkedOfStored stored =
            try
                ofStored stored
            with :? ArgumentException as e ->
                raise (JsonException e.Message)

        Through<'value, 'stored>(toStored, checkedOfStored)

    let private named (toName: 'value -> string) (ofName: string -> 'value) = through toName ofName

    let private matrix =
        through
            (fun (m: CsrMatrix) ->
                {
                    Size = [| m.Rows; m.Columns |]
                    RowStart = m.RowStart
                    Indices = Array.truncate m.NonZeros m.Indices
                    Values = Array.truncate m.NonZeros m.Values
                })
            (fun (s: StoredMatrix) ->
                CsrMatrix.Trusted(s.Size[0], s.Size[1], s.RowStart, s.Indices, s.Values).Validate())

    let private tokens (slot: SidecarSlot) =
        through
            (function
            | WordRuns
            | FinerThanWords -> Words // a fitted vectoriser has what was chosen
            | LetterRuns -> Letters
            | WithinWords(shortest, longest) -> Characters(shortest, longest)
            | Tokens.Own cut -> Own(Tokens.fingerprint cut))
            (function
             | Words -> WordRuns
             | Letters -> LetterRuns
             | Characters(shortest, longest) -> WithinWords(shortest, longest)
             | Own fingerprint -> Tokens.Own(slot.Sidecar.Tokenisers.Find fingerprint))

    /// JSON options that send arrays to the sidecar. Indexes and look-up tables are written as what they are built from.
    let private optionsOf (slot: SidecarSlot) : JsonSerializerOptions =
        let o =
            JsonSerializerOptions(WriteIndented = true, AllowDuplicateProperties = false)

        o.NumberHandling <- JsonNumberHandling.AllowNamedFloatingPointLiterals

        [
            named (fun (v: float32[]) -> slot.Sidecar.AddArray(F32([| v.Length |], v))) (fun name ->
                slot.Sidecar.Floats name)
            named (fun (v: float[]) -> slot.Sidecar.AddArray(F64([| v.Length |], v))) (fun name ->
                slot.Sidecar.Doubles name)
            named (fun (v: int[]) -> slot.Sidecar.AddArray(I32([| v.Length |], v))) (fun name -> slot.Sidecar.Ints name)
            named
                (fun (m: DenseMatrix) -> slot.Sidecar.AddArray(F32([| m.Rows; m.Columns |], m.ToArray())))
                (fun name ->
                    match slot.Sidecar.Shape name with
                    | [| rows; columns |] -> DenseMatrix.Of(rows, columns, slot.Sidecar.Floats name)
                    | other -> raise (JsonException $"the array \"{name}\" should have two sizes, received %A{other}"))
            named (fun strings -> slot.Sidecar.AddStrings strings) (fun name -> slot.Sidecar.StringList name)
            matrix
            through (fun (index: CosineIndex) -> index.Source) CosineIndex.Build
            through (fun (space: LabelSpace) -> Seq.toArray space.Names) LabelSpace
            tokens slot
            through
                (fun (v: Vectoriser) ->
                    {
                        Options = v.Options
                        Terms = v.Terms
                        Idf = v.Weights.Idf
                    })
                (fun s -> Vectoriser(s.Options, s.Terms, s.Idf))
            through
                (fun (linear: LinearScorer) ->
                    {
                        Weights = linear.Weights
                        Bias = linear.Bias
                    })
                (fun s -> Linear.ofWeights s.Weights s.Bias)
            Tagged<FittedSignal>(ViewSignal.codec :: (LocalSignals.all |> List.map _.Codec), _.Stored)
            Tagged<FittedScorer>(
                ViewScorer.codec :: NameCoverage.codec :: TreeEnsemble.codecs
                @ (Scorers.all |> List.map _.Codec),
                _.Stored
            )
            Tagged<Curve>(Calibrators.all |> List.map _.Codec, _.Stored)
            Tagged<FittedRule>(RiskControl.codec :: (Rules.all |> List.map _.Codec), _.Stored)
            JsonFSharpConverter(JsonUnionEncoding.ExternalTag ||| JsonUnionEncoding.NamedFields)
        ]
        |> List.iter o.Converters.Add

        o

    /// Converters learn what types are made of, which takes longer than to read a small model: they are kept for the next one.
    let private idle = ConcurrentBag<SidecarSlot * JsonSerializerOptions>()

    /// What is made with JSON options that send arrays to the sidecar, and fetch them there.
    let within (sidecar: Sidecar) (work: JsonSerializerOptions -> 'made) : 'made =
        let slot, options =
            match idle.TryTake() with
            | true, found -> found
            | _ ->
                let slot = SidecarSlot()
                slot, optionsOf slot

        slot.Sidecar <- sidecar
        let made = work options
        slot.Sidecar <- Sidecar()
        idle.Add((slot, options))
        made
