namespace Limen.Core

open System
open System.Collections.Generic
open System.Text
open Google.Protobuf
open Limen

/// The video-level records of YouTube-8M (Abu-El-Haija et al. 2016, https://research.google.com/youtube8m/download.html): a tf.Example a record, with an id, labels (ids) and lists of numbers, which are the features:
/// mean_rgb (1,024) and mean_audio (128), or those that Fields.Features names. The bytes are read by Google.Protobuf's CodedInputStream.
[<RequireQualifiedAccess>]
module YouTube8M =

    type private Value =
        | Bytes of string
        | Floats of float32[]
        | Integers of int64[]

    /// Calls the function with each field's number while a message lasts; what the function does not read is passed over.
    let private fields (input: CodedInputStream) (read: int -> bool) : unit =
        let mutable tag = input.ReadTag()

        while tag <> 0u do
            if not (read (WireFormat.GetTagFieldNumber tag)) then
                input.SkipLastField()

            tag <- input.ReadTag()

    let private message (bytes: ByteString) = bytes.CreateCodedInput()

    let private bytesList (bytes: ByteString) =
        let mutable text = ""
        let input = message bytes

        fields input (fun field ->
            if field = 1 then
                text <- input.ReadBytes().ToStringUtf8()

            field = 1)

        Bytes text

    /// Numbers, packed or one by one.
    let private numbers
        (read: CodedInputStream -> 'a)
        (packed: bool -> WireFormat.WireType -> bool)
        (bytes: ByteString)
        : 'a[] =
        let found = List<'a>()
        let input = message bytes
        let mutable tag = input.ReadTag()

        while tag <> 0u do
            if WireFormat.GetTagFieldNumber tag <> 1 then
                input.SkipLastField()
            elif packed true (WireFormat.GetTagWireType tag) then
                let inner = message (input.ReadBytes())

                while not inner.IsAtEnd do
                    found.Add(read inner)
            else
                found.Add(read input)

            tag <- input.ReadTag()

        found.ToArray()

    let private isPacked _ (kind: WireFormat.WireType) =
        kind = WireFormat.WireType.LengthDelimited

    let private feature (bytes: ByteString) : Value option =
        let mutable value = None
        let input = message bytes

        fields input (fun field ->
            match field with
            | 1 -> value <- Some(bytesList (input.ReadBytes()))
            | 2 -> value <- Some(Floats(numbers _.ReadFloat() isPacked (input.ReadBytes())))
            | 3 -> value <- Some(Integers(numbers _.ReadInt64() isPacked (input.ReadBytes())))
            | _ -> ()

            field >= 1 && field <= 3)

        value

    /// The features of a tf.Example by their names.
    let private example (record: byte[]) : Dictionary<string, Value> =
        let found = Dictionary<string, Value>()

        let entry (bytes: ByteString) =
            let mutable key = ""
            let mutable value = None
            let input = message bytes

            fields input (fun field ->
                match field with
                | 1 -> key <- input.ReadString()
                | 2 -> value <- feature (input.ReadBytes())
                | _ -> ()

                field = 1 || field = 2)

            value |> Option.iter (fun v -> found[key] <- v)

        let features (bytes: ByteString) =
            let input = message bytes

            fields input (fun field ->
                if field = 1 then
                    entry (input.ReadBytes())

                field = 1)

        let input = new CodedInputStream(record)

        fields input (fun field ->
            if field = 1 then
                features (input.ReadBytes())

            field = 1)

        found

    /// The videos of a file. Throws DataFormatException (the line is the record's number) for damage, a record without labels, and vectors of another length than the first's.
    let read (columns: Fields) (path: string) : FileRows =
        let vectors, sets, ids = List<float32[]>(), List<int[]>(), List<string>()
        let mutable names = columns.Features |> Seq.toArray
        let mutable width = -1

        let refuse record expected found =
            FileFault.at path record 1 expected found

        let row record (bytes: byte[]) =
            let found =
                try
                    example bytes
                with :? InvalidProtocolBufferException as e ->
                    refuse record "a tf.Example" $"damage: {e.Message}"

            let keys () = FieldNames.listed found.Keys

            if names.Length = 0 then
                names <- [| "mean_rgb"; "mean_audio" |] |> Array.filter found.ContainsKey

                if names.Length = 0 then
                    refuse record "video-level features, mean_rgb or mean_audio, or the names of others" (keys ())

            let vector =
                names
                |> Array.collect (fun name ->
                    match found.TryGetValue name with
                    | true, Floats values -> values
                    | _ -> refuse record $"numbers of the name {name}" (keys ()))

            if width < 0 then
                width <- vector.Length

            if vector.Length <> width then
                refuse record $"{width} numbers, as in the first record" $"{vector.Length}"

            vector
            |> Array.tryFind (Single.IsFinite >> not)
            |> Option.iter (fun v -> refuse record "finite numbers" $"{v}")

            vectors.Add vector

            match found.TryGetValue "labels" with
            | true, Integers labels ->
                labels
                |> Array.tryFind (fun l -> l < 0L || l > 2_000_000_000L)
                |> Option.iter (fun l -> refuse record "ids of labels from 0 on" $"{l}")

                sets.Add(labels |> Array.map int |> Array.distinct)
            | _ -> refuse record "labels" (keys ())

            ids.Add(
                [ "id"; "video_id" ]
                |> List.tryPick (fun key ->
                    match found.TryGetValue key with
                    | true, Bytes id -> Some id
                    | _ -> None)
                |> Option.defaultValue ""
            )

        TfRecords.iterate row path

        if vectors.Count = 0 then
            refuse 1 "at least one record" "none"

        let largest = sets |> Seq.concat |> Seq.fold max -1

        {
            Rows = Rows.Dense(Array2D.init vectors.Count width (fun r c -> vectors[r][c]))
            Labels = FileLabels.Ids(LabelSets(Csr.ofSets (largest + 1) (sets.ToArray())), 0)
            Sized = false
            Weights = RowWeights.ofFile path vectors.Count None
            Columns =
                { RowColumns.none with
                    Ids = Some(ids.ToArray())
                    Notes = [ $"features from {FieldNames.listed names}" ]
                }
        }

    /// Files *.tfrecord.
    let format (fields: Fields) : InputFormat =
        {
            Name = "youtube8m"
            Endings = [ ".tfrecord" ]
            Looks = _.Contains("mean_rgb")
            Read = fun _ path -> read fields path
            Write = None
        }
