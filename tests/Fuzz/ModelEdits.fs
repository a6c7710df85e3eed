namespace Limen.Fuzz

open System
open System.Text
open System.Text.Json.Nodes

/// Seeded changes of the files of a saved model.
[<RequireQualifiedAccess>]
module ModelEdits =

    let private pick (random: Random) (values: 'a list) : 'a = values[random.Next values.Length]

    let private json (random: Random) : JsonNode =
        match random.Next 14 with
        | 0 -> null
        | 1 -> JsonArray()
        | 2 -> JsonObject()
        | 3 -> JsonValue.Create 2.5
        | 4 -> JsonValue.Create -1
        | 5 -> JsonValue.Create 2147483647
        | 6 -> JsonValue.Create 4294967296L
        | 7 -> JsonValue.Create 9223372036854775807L
        | 8 -> JsonValue.Create "NaN"
        | 9 -> JsonValue.Create "Infinity"
        | 10 -> JsonValue.Create true
        | 11 -> JsonValue.Create $"array.{random.Next 12}"
        | 12 -> JsonValue.Create $"strings.{random.Next 3}"
        | _ -> JsonValue.Create(random.Next 12)

    /// Every object and list below a node, itself among them.
    let rec private containers (node: JsonNode) : JsonNode list =
        match node with
        | :? JsonObject as o ->
            node
            :: (o
                |> Seq.map _.Value
                |> Seq.filter (isNull >> not)
                |> Seq.collect containers
                |> List.ofSeq)
        | :? JsonArray as a ->
            node
            :: (a |> Seq.filter (isNull >> not) |> Seq.collect containers |> List.ofSeq)
        | _ -> []

    let private copied (node: JsonNode) : JsonNode =
        if isNull node then null else node.DeepClone()

    /// Puts something else in the place of a value, takes it out, or doubles it.
    let private change (random: Random) (root: JsonNode) =
        match containers root with
        | [] -> ()
        | all ->
            match pick random all with
            | :? JsonObject as o when o.Count > 0 ->
                let key = (Seq.item (random.Next o.Count) o).Key

                match random.Next 6 with
                | 0 -> o.Remove key |> ignore
                | 1 -> o[key + "x"] <- copied o[key]
                | 2 -> o[key] <- copied (pick random all)
                | _ -> o[key] <- json random
            | :? JsonArray as a when a.Count > 0 ->
                let at = random.Next a.Count

                match random.Next 5 with
                | 0 -> a.RemoveAt at
                | 1 -> a.Add(copied a[at])
                | 2 -> a[at] <- copied (pick random all)
                | _ -> a[at] <- json random
            | :? JsonArray as a -> a.Add(json random)
            | other -> other["x"] <- json random

    let private ofText random (text: string) : string =
        try
            let node = JsonNode.Parse text
            change random node
            node.ToJsonString()
        with _ ->
            text

    let private numbers =
        [ nanf; infinityf; -infinityf; 0f; -0f; 3.4e38f; -3.4e38f; 1e-45f; -1f; 2f ]
        |> List.map BitConverter.GetBytes

    /// Another number in an array, or bytes taken out, doubled or added.
    let private ofNumbers (random: Random) (arrays: byte[]) : byte[] =
        if arrays.Length < 8 || random.Next 6 = 0 then
            Edits.one random arrays
        else
            let changed = Array.copy arrays
            let at = 4 * random.Next(arrays.Length / 4)

            let number =
                if random.Next 2 = 0 then
                    pick random numbers
                else
                    BitConverter.GetBytes(random.Next 40 - 2)

            number.CopyTo(changed, at)
            changed

    /// One edit of one file: of its bytes, of its JSON, of the header of arrays, of the arrays.
    let one (random: Random) (files: Map<string, byte[]>) : Map<string, byte[]> =
        let file =
            pick
                random
                [
                    SavedFolder.manifest
                    SavedFolder.manifest
                    SavedFolder.strings
                    SavedFolder.weights
                    SavedFolder.weights
                ]

        let bytes = files[file]

        let edited =
            match random.Next 5 with
            | 0 -> Edits.one random bytes
            | _ when file <> SavedFolder.weights ->
                Encoding.UTF8.GetString bytes |> ofText random |> Encoding.UTF8.GetBytes
            | 1
            | 2 ->
                let header, arrays = SavedFolder.split bytes
                SavedFolder.join (ofText random header) arrays
            | _ ->
                let header, arrays = SavedFolder.split bytes
                SavedFolder.join header (ofNumbers random arrays)

        Map.add file edited files

    /// Up to three edits in three of four cases, else up to twelve; three of four times with checksums that are right again.
    let mutate (random: Random) (archive: byte[]) : byte[] * bool =
        let near = random.Next 4 > 0
        let count = if near then random.Next 4 else 4 + random.Next 9

        let edited =
            Seq.fold (fun files _ -> one random files) (SavedFolder.unpack archive) (seq { 1..count })

        (if random.Next 4 > 0 then
             SavedFolder.sealedFiles edited
         else
             edited)
        |> SavedFolder.pack,
        near
