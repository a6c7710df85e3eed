namespace Limen.Core

open System.IO
open System.Text.Json
open System.Text.Json.Nodes
open System.Text.Json.Serialization

/// A scorer's part of the manifest; its arrays lie in weights.safetensors under scorer.N.
type ScorerManifest =
    | PerceptronManifest of lambda: float32 * alpha: Alpha * history: EpochReport list * ending: TrainingEnd
    | LinearManifest

/// What the model reads; terms lie in vocabulary.json, IDF in weights.safetensors.
type InputManifest =
    | TextsManifest of VectoriserOptions
    | TermCountsManifest of TermFrequency
    | FeaturesManifest of dimension: int

/// What manifest.json says: everything of a model that is not an array, and the checksums of the other files.
type Manifest =
    {
        /// The version of this format; a reader refuses newer ones.
        Format: int
        /// The library that wrote it, for people.
        Library: string
        Rows: int
        Candidates: int
        Knn: FeatureKnnOptions option
        Input: InputManifest
        Scorers: ScorerManifest list
        Decision: Decision
        /// SHA-256 of every other file of the folder, in hexadecimal.
        Files: Map<string, string>
    }

[<RequireQualifiedAccess>]
module Manifest =

    /// The format that this library writes, and the newest that it reads.
    let format = 1

    let private options =
        let o = JsonSerializerOptions(WriteIndented = true)
        o.NumberHandling <- JsonNumberHandling.AllowNamedFloatingPointLiterals
        o.Converters.Add(JsonFSharpConverter(JsonUnionEncoding.ExternalTag ||| JsonUnionEncoding.NamedFields))
        o

    let write (path: string) (manifest: Manifest) : unit =
        File.WriteAllText(path, JsonSerializer.Serialize(manifest, options) + "\n")

    /// Reads and checks the version first, so that a newer format is named as such and not as damage.
    let read (path: string) : Manifest =
        let refuse reason = raise (ModelFormatException(path, reason))

        if not (File.Exists path) then
            refuse "there is no manifest: this folder holds no saved model"

        let text = File.ReadAllText path

        try
            use document = JsonDocument.Parse text

            match document.RootElement.TryGetProperty "Format" with
            | true, version when version.GetInt32() > format ->
                refuse
                    $"the model has format {version.GetInt32()}, this library reads formats up to {format}: a newer version of Limen wrote it"
            | true, _ -> ()
            | _ -> refuse "the manifest does not name its format"

            let manifest = JsonSerializer.Deserialize<Manifest>(text, options)

            // a key that this version does not know would be lost silently: what was read must say all that was written
            if not (JsonNode.DeepEquals(JsonNode.Parse text, JsonSerializer.SerializeToNode(manifest, options))) then
                refuse "the manifest is damaged: it holds keys or values that this version does not know"

            manifest
        with :? JsonException as e ->
            refuse $"the manifest is damaged: {e.Message}"
