namespace Limen.Core

open System.IO
open System.Text.Json

/// The names of labels that Hugging Face keeps beside its data (https://huggingface.co/docs/datasets/about_dataset_features).
[<RequireQualifiedAccess>]
module internal LabelNames =

    let rec private classLabel (element: JsonElement) : string[] option =
        match element.ValueKind with
        | JsonValueKind.Object ->
            match element.TryGetProperty "_type", element.TryGetProperty "names" with
            | (true, kind), (true, names) when
                kind.ValueKind = JsonValueKind.String
                && kind.GetString() = "ClassLabel"
                && names.ValueKind = JsonValueKind.Array
                ->
                names.EnumerateArray() |> Seq.map _.ToString() |> Seq.toArray |> Some
            | _ ->
                element.EnumerateObject()
                |> Seq.tryPick (fun property -> classLabel property.Value)
        | JsonValueKind.Array -> element.EnumerateArray() |> Seq.tryPick classLabel
        | _ -> None

    /// The names of the first ClassLabel in dataset_info.json or dataset_infos.json of a folder, in the order of the ids.
    let ofClassLabels (directory: string) : string[] option =
        [ "dataset_info.json"; "dataset_infos.json" ]
        |> List.map (fun name -> Path.Combine(directory, name))
        |> List.tryFind File.Exists
        |> Option.bind (fun path ->
            try
                use document = JsonDocument.Parse(File.ReadAllText path)
                classLabel document.RootElement
            with :? JsonException as e ->
                Lines.fail
                    path
                    (int (e.LineNumber.GetValueOrDefault()) + 1)
                    (int (e.BytePositionInLine.GetValueOrDefault()) + 1)
                    "valid JSON"
                    "damage")
