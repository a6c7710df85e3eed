namespace Limen.Core

open System.Text.Json
open System.Text.Json.Nodes

/// What a folder can hold.
[<NoEquality; NoComparison>]
type Saved =
    | Whole of Model
    | Thresholds of PostHocThresholds

/// What is saved as the manifest has it.
[<RequireQualifiedAccess>]
module internal Saved =

    /// Its kind and its structure; arrays and strings go where the options say.
    let node (options: JsonSerializerOptions) (saved: Saved) : string * JsonNode =
        match saved with
        | Whole model -> "model", JsonSerializer.SerializeToNode(model, options)
        | Thresholds thresholds -> "thresholds", JsonSerializer.SerializeToNode(thresholds, options)

    /// From the manifest. Throws JsonException where that holds something else.
    let ofNode (options: JsonSerializerOptions) (manifest: JsonNode) : Saved =
        match manifest["Kind"], manifest["Model"] with
        | null, _
        | _, null -> raise (JsonException "it does not say what it holds")
        | kind, structure when kind.ToString() = "model" -> Whole(structure.Deserialize<Model> options)
        | kind, structure when kind.ToString() = "thresholds" ->
            Thresholds(structure.Deserialize<PostHocThresholds> options)
        | kind, _ -> raise (JsonException $"it holds {kind.ToJsonString()}, which this version does not know")

    /// How its parts do not fit each other.
    let faults (saved: Saved) : string list =
        match saved with
        | Whole model -> ModelFaults.ofModel model
        | Thresholds thresholds -> ModelFaults.ofThresholds thresholds
