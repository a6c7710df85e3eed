namespace Limen.Core

open System
open System.IO
open System.Text.Json
open System.Text.Json.Nodes

/// The files of a saved model: what they hold, written and read whole.
[<RequireQualifiedAccess>]
module internal SavedFiles =

    /// Writes all files into the folder, the manifest and its checksum last, each flushed to disk.
    let write (folder: string) (saved: Saved) : unit =
        let at (file: string) = Path.Combine(folder, file)
        let sidecar = Sidecar()

        let kind, structure =
            ModelJson.within sidecar (fun options -> Saved.node options saved)

        let weights =
            Safetensors.write (at ModelFolder.weightsFile) (List.ofSeq sidecar.Arrays)

        let strings =
            HashedOutput.Of(at ModelFolder.stringsFile, JsonSerializer.SerializeToUtf8Bytes(dict sidecar.Strings))

        Manifest.write folder kind structure [ ModelFolder.weightsFile, weights; ModelFolder.stringsFile, strings ]

    let private stringLists (file: HashedFile) (bytes: byte[]) : (string * string[]) list =
        ModelDamage.making file.Path (fun () ->
            use document = JsonDocument.Parse(ReadOnlyMemory bytes, ModelDamage.strict)

            [
                for list in document.RootElement.EnumerateObject() do
                    let strings = [| for item in list.Value.EnumerateArray() -> item.GetString() |]

                    if strings |> Array.exists isNull then
                        file.Refuse $"the file is damaged: {list.Name}: expected strings, found null"

                    list.Name, strings
            ])

    let private readSidecar (folder: OpenFolder) (path: string) (manifest: JsonNode) : Sidecar =
        let sidecar = Sidecar()

        using (ModelDamage.required folder path ModelFolder.stringsFile) (fun file ->
            let bytes = file.All(int64 Array.MaxLength)
            Manifest.requireSum file ModelFolder.stringsFile manifest
            stringLists file bytes |> sidecar.Strings.AddRange)

        using (ModelDamage.required folder path ModelFolder.weightsFile) (fun file ->
            let arrays = ModelDamage.making file.Path (fun () -> Safetensors.readFrom file)
            Manifest.requireSum file ModelFolder.weightsFile manifest

            for KeyValue(name, array) in arrays do
                sidecar.Arrays.Add(name, array))

        sidecar

    let private shapes (sidecar: Sidecar) =
        [
            for name, array in sidecar.Arrays do
                match array with
                | F32(shape, _) -> name, "F32", List.ofArray shape
                | F64(shape, _) -> name, "F64", List.ofArray shape
                | I32(shape, _) -> name, "I32", List.ofArray shape
        ]

    /// What was read must say all that was written: a key, an array or a list that this version does not know would be lost silently.
    let private requireSame (path: string) (manifest: JsonNode) (read: Sidecar) (saved: Saved) =
        let written = Sidecar()
        let _, again = ModelJson.within written (fun options -> Saved.node options saved)

        if
            not (JsonNode.DeepEquals(manifest["Model"], again))
            || shapes read <> shapes written
            || Seq.map fst read.Strings |> Seq.toList
               <> (Seq.map fst written.Strings |> Seq.toList)
        then
            ModelDamage.refuse path "the file is damaged: it holds keys or values that this version does not know"

    /// What the files hold. Throws ModelFormatException where that is damaged, incomplete, or does not fit together.
    let read (tokenisers: GivenTokenisers) (folder: OpenFolder) (path: string) : Saved =
        let manifestPath = Path.Combine(path, ModelFolder.manifestFile)
        let manifest = Manifest.read folder path
        let sidecar = readSidecar folder path manifest
        sidecar.Tokenisers <- tokenisers

        let saved =
            ModelDamage.making manifestPath (fun () ->
                let saved = ModelJson.within sidecar (fun options -> Saved.ofNode options manifest)
                requireSame manifestPath manifest sidecar saved
                saved)

        match ModelDamage.making manifestPath (fun () -> Saved.faults saved) with
        | [] -> saved
        | faults ->
            let words = faults |> List.truncate 5 |> String.concat "; "
            ModelDamage.refuse path $"the parts of the model do not fit each other: {words}"
