namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open System.Security.Cryptography
open System.Text.Json
open Limen.Kernels

/// Saved models: a folder with manifest.json (version, settings, checksums), weights.safetensors (arrays), labels.json and,
/// where the model takes text, vocabulary.json. Nothing but the model is in it; training rows are part of the model where
/// it looks for neighbours among them.
[<RequireQualifiedAccess>]
module Store =

    let private manifestFile = "manifest.json"
    let private weightsFile = "weights.safetensors"
    let private labelsFile = "labels.json"
    let private vocabularyFile = "vocabulary.json"

    let private ofCsr (name: string) (m: CsrMatrix) =
        [ $"{name}.size", I32([| 2 |], [| m.Rows; m.Columns |])
          $"{name}.row_start", I32([| m.Rows + 1 |], m.RowStart)
          $"{name}.indices", I32([| m.NonZeros |], Array.truncate m.NonZeros m.Indices)
          $"{name}.values", F32([| m.NonZeros |], Array.truncate m.NonZeros m.Values) ]

    let private ofVector name (values: float32[]) = name, F32([| values.Length |], values)

    let private ofScorer (i: int) (scorer: FittedScorer) =
        match scorer with
        | FittedPerceptron(network, fusion, history, ending) ->
            PerceptronManifest(fusion.Lambda, fusion.Alpha, history, ending),
            [ for name, t in Network.parameters network do
                  yield $"scorer.{i}.{name}", F32(t.Shape, Tensor.toArray t)
              yield ofVector $"scorer.{i}.beta" fusion.Beta
              yield ofVector $"scorer.{i}.bias" fusion.Bias ]
        | FittedLinear linear ->
            LinearManifest,
            ofVector $"scorer.{i}.bias" linear.Bias :: ofCsr $"scorer.{i}.weights" linear.Weights

    let private checksum (path: string) =
        use file = File.OpenRead path
        Convert.ToHexStringLower(SHA256.HashData file)

    /// Writes all files into the folder, manifest last.
    let private writeInto (folder: string) (model: Model) =
        let at (file: string) = Path.Combine(folder, file)
        let scorers = model.Scorers |> List.mapi ofScorer

        Safetensors.write
            (at weightsFile)
            [ yield "support", I32([| model.Support.Length |], model.Support)
              yield ofVector "idf" model.Idf
              match model.Input with
              | Texts v -> yield ofVector "input.idf" v.Weights.Idf
              | TermCounts weights -> yield ofVector "input.idf" weights.Idf
              | Features _ -> ()
              match model.Knn with
              | Some knn ->
                  yield! ofCsr "knn.features" knn.Index.Source
                  yield! ofCsr "knn.labels" knn.Labels
              | None -> ()
              yield! List.collect snd scorers ]

        File.WriteAllText(at labelsFile, JsonSerializer.Serialize(Seq.toArray model.Labels.Names))

        match model.Input with
        | Texts v -> File.WriteAllText(at vocabularyFile, JsonSerializer.Serialize v.Terms)
        | TermCounts _
        | Features _ -> ()

        Manifest.write
            (at manifestFile)
            { Format = Manifest.format
              Library = $"Limen {typeof<Model>.Assembly.GetName().Version}"
              Rows = model.Rows
              Candidates = model.Candidates
              Knn = model.Knn |> Option.map _.Options
              Input =
                match model.Input with
                | Texts v -> TextsManifest v.Options
                | TermCounts weights -> TermCountsManifest weights.Tf
                | Features d -> FeaturesManifest d
              Scorers = List.map fst scorers
              Decision = model.Decision
              Files =
                Directory.GetFiles folder
                |> Array.map (fun path -> Path.GetFileName path, checksum path)
                |> Map.ofArray }

    /// Saves a model atomically: written beside the target, then renamed. An interrupted save leaves the old model whole.
    let save (folder: string) (model: Model) : unit =
        let target = Path.TrimEndingDirectorySeparator(Path.GetFullPath folder)
        let unfinished = $"{target}.{Guid.NewGuid():N}.unfinished"
        let old = $"{target}.{Guid.NewGuid():N}.old"
        Directory.CreateDirectory unfinished |> ignore

        try
            writeInto unfinished model

            if Directory.Exists target then
                Directory.Move(target, old)

            Directory.Move(unfinished, target)
        finally
            if Directory.Exists unfinished then
                Directory.Delete(unfinished, true)

            if Directory.Exists old then
                if Directory.Exists target then
                    Directory.Delete(old, true)
                else
                    Directory.Move(old, target)

    let private verify (folder: string) (files: Map<string, string>) =
        for KeyValue(file, expected) in files do
            let path = Path.Combine(folder, file)

            if Path.GetFileName file <> file then
                raise (ModelFormatException(folder, $"the manifest names a file outside the folder: {file}"))

            if not (File.Exists path) then
                raise (ModelFormatException(path, "the file is missing"))

            if checksum path <> expected then
                raise (ModelFormatException(path, "the file is damaged: its checksum is not the one in the manifest"))

    /// Loads a model. Throws ModelFormatException with the reason where it is damaged, incomplete or newer.
    let load (folder: string) : Model =
        let at (file: string) = Path.Combine(folder, file)
        let manifest = Manifest.read (at manifestFile)
        verify folder manifest.Files
        let arrays = Safetensors.read (at weightsFile)

        let find name =
            match arrays.TryGetValue name with
            | true, a -> a
            | _ -> raise (ModelFormatException(at weightsFile, $"the array \"{name}\" is missing"))

        let floats name =
            match find name with
            | F32(_, v) -> v
            | I32 _ -> raise (ModelFormatException(at weightsFile, $"the array \"{name}\" should hold F32"))

        let ints name =
            match find name with
            | I32(_, v) -> v
            | F32 _ -> raise (ModelFormatException(at weightsFile, $"the array \"{name}\" should hold I32"))

        let csr name =
            let size = ints $"{name}.size"

            CsrMatrix(size[0], size[1], ints $"{name}.row_start", ints $"{name}.indices", floats $"{name}.values")
                .Validate()

        let tensor name =
            match find name with
            | F32(shape, v) -> Tensor.ofArray shape v
            | I32 _ -> raise (ModelFormatException(at weightsFile, $"the array \"{name}\" should hold F32"))

        let scorer i (m: ScorerManifest) =
            let name part = $"scorer.{i}.{part}"

            match m with
            | PerceptronManifest(lambda, alpha, history, ending) ->
                let inner =
                    Seq.initInfinite id
                    |> Seq.takeWhile (fun layer -> arrays.ContainsKey(name $"inner.{layer}.weight"))
                    |> Seq.map (fun layer ->
                        { Weight = tensor (name $"inner.{layer}.weight")
                          Bias = tensor (name $"inner.{layer}.bias") })
                    |> Seq.toList

                FittedPerceptron(
                    { Input = tensor (name "input.weight")
                      InputBias = tensor (name "input.bias")
                      Inner = inner
                      Output = tensor (name "output.weight") },
                    { Lambda = lambda
                      Alpha = alpha
                      Beta = floats (name "beta")
                      Bias = floats (name "bias") },
                    history,
                    ending
                )
            | LinearManifest ->
                FittedLinear
                    (Linear.ofWeights (csr (name "weights")) (floats (name "bias")))

        let strings file =
            JsonSerializer.Deserialize<string[]>(File.ReadAllText(at file))

        { Labels = LabelSpace(strings labelsFile)
          Input =
            match manifest.Input with
            | TextsManifest o -> Texts(Vectoriser(o, strings vocabularyFile, floats "input.idf"))
            | TermCountsManifest tf -> TermCounts { Tf = tf; Idf = floats "input.idf" }
            | FeaturesManifest d -> Features d
          Support = ints "support"
          Rows = manifest.Rows
          Idf = floats "idf"
          Knn =
            manifest.Knn
            |> Option.map (fun o ->
                FeatureKnn.fit
                    o
                    { Features = csr "knn.features"
                      Labels = csr "knn.labels" })
          Scorers = manifest.Scorers |> List.mapi scorer
          Decision = manifest.Decision
          Candidates = manifest.Candidates }
