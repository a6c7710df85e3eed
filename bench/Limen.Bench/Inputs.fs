namespace Limen.Bench

open System
open System.IO
open System.IO.Compression
open System.Runtime.InteropServices
open Limen.Core
open Limen.Kernels

/// A sparse matrix as a file that both sides read: rows, columns, entries, then row starts, indices (int32), values (float32).
[<RequireQualifiedAccess>]
module CsrBytes =

    let write (path: string) (m: CsrMatrix) : unit =
        use file = File.Create path

        let ints (values: int[]) count =
            file.Write(MemoryMarshal.AsBytes(ReadOnlySpan(values, 0, count)))

        ints [| m.Rows; m.Columns; m.NonZeros |] 3
        ints m.RowStart (m.Rows + 1)
        ints m.Indices m.NonZeros
        file.Write(MemoryMarshal.AsBytes(ReadOnlySpan(m.Values, 0, m.NonZeros)))

    let read (path: string) : CsrMatrix =
        use file = File.OpenRead path

        let ints count =
            let values: int[] = Array.zeroCreate count
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()))
            values

        let sizes = ints 3
        let start = ints (sizes[0] + 1)
        let indices = ints sizes[2]
        let values: float32[] = Array.zeroCreate sizes[2]
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()))
        CsrMatrix(sizes[0], sizes[1], start, indices, values)

/// The shape of a synthetic corpus: N rows of so many features and labels each, and of so many labels in the local signal.
type CorpusShape =
    {
        Rows: int
        Features: int
        Labels: int
        FeaturesPerRow: int
        LabelsPerRow: int
        LocalPerRow: int
    }

[<RequireQualifiedAccess>]
module CorpusShape =

    /// AmazonCat-13K's: D 203,882, 71 non-zeros a row, L 13,330, 5 labels a row; a local signal on 0.3 % of the labels.
    let amazonCat =
        {
            Rows = 8192
            Features = 203_882
            Labels = 13_330
            FeaturesPerRow = 71
            LabelsPerRow = 5
            LocalPerRow = 40
        }

/// Seeded rows whose ids follow Zipf's law with exponent 1, as words and labels do: ln(1 + id) is uniform. Half of a row's words
/// are those of its labels, each of which has words of its own, so that there is something to learn.
[<RequireQualifiedAccess>]
module Corpus =

    /// An endless draw of ids below a number by Zipf's law.
    let private zipf (columns: int) (seed: Seed) : int seq =
        Seq.initInfinite int64
        |> Seq.map (fun i -> min (columns - 1) (int (exp (Seed.uniform i seed * log (float columns + 1.0)) - 1.0)))

    let private distinct (columns: int) (count: int) (ids: int seq) : int[] =
        ids
        |> Seq.distinct
        |> Seq.truncate (min count (columns / 2))
        |> Seq.toArray
        |> Array.sort

    let private ofRows columns (value: int -> int -> float32) (ids: int[][]) : CsrMatrix =
        ids
        |> Array.Parallel.mapi (fun i row -> row |> Array.mapi (fun k c -> struct (c, value i k)))
        |> Csr.ofRows columns

    /// A row's words: of each of its labels half of that label's, which are not among the most common ones; then any.
    let private words (shape: CorpusShape) (seed: Seed) (row: int) (labels: int[]) : int[] =
        let share = shape.FeaturesPerRow / (2 * shape.LabelsPerRow)
        let choice = Seed.derive "choice" row seed

        let ofLabel k l =
            let own = Seed.derive "topic" l seed

            Seq.init share (fun i ->
                let place =
                    int64 (2 * i) + int64 (2.0 * Seed.uniform (int64 (k * share + i)) choice)

                int (float shape.Features * Math.Pow(2000.0, Seed.uniform place own - 1.0)))

        Seq.append (labels |> Seq.mapi ofLabel |> Seq.concat) (zipf shape.Features (Seed.derive "words" row seed))
        |> distinct shape.Features shape.FeaturesPerRow

    /// Features of norm near 1, label sets, and a local signal with values in (0, 1) on most of a row's labels and on others.
    let make (shape: CorpusShape) : TrainingRows =
        let seed = Seed.ofInt 13
        let scale = 1.0 / sqrt (float shape.FeaturesPerRow)

        let noise i k =
            Seed.uniform (int64 k) (Seed.derive "value" i seed)

        let labels =
            Array.Parallel.init shape.Rows (fun i ->
                zipf shape.Labels (Seed.derive "labels" i seed)
                |> distinct shape.Labels shape.LabelsPerRow)

        let local i (own: int[]) =
            let agreed = own |> Seq.filter (fun l -> noise i (-l) < 0.8)

            Seq.append agreed (zipf shape.Labels (Seed.derive "neighbours" i seed))
            |> distinct shape.Labels shape.LocalPerRow

        {
            Features =
                labels
                |> Array.Parallel.mapi (words shape seed)
                |> ofRows shape.Features (fun i k -> float32 (scale * (0.5 + noise i k)))
            Labels = Csr.ofSets shape.Labels labels
            Local =
                labels
                |> Array.Parallel.mapi local
                |> ofRows shape.Labels (fun i k -> float32 (noise i k))
            Weights = None
        }

    /// The score lists (log-odds) of N rows, so many labels each, and label sets that are drawn by those odds.
    let scored (rows: int) (labels: int) (perRow: int) : CsrMatrix * CsrMatrix =
        let seed = Seed.ofInt 17
        let odds = Seed.derive "odds" 0 seed
        let drawn = Seed.derive "drawn" 0 seed
        let lists = Seed.derive "lists" 0 seed

        let scores =
            Array.Parallel.init rows (fun row -> zipf labels (Seed.derive "row" row lists) |> distinct labels perRow)
            |> Csr.ofSets labels

        let value at = 2f * Seed.normal (int64 at) odds - 3f
        let values = Array.Parallel.init scores.NonZeros value

        let isPositive at =
            Seed.uniform (int64 at) drawn < 1.0 / (1.0 + exp (-(float values[at])))

        let sets =
            Array.Parallel.init rows (fun row ->
                [|
                    for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
                        if isPositive at then
                            scores.Indices[at]
                |])

        CsrMatrix(rows, labels, scores.RowStart, scores.Indices, values), Csr.ofSets labels sets

/// A public data set that some comparisons are made on: a folder of LIMEN_DATA.
type DataSet =
    | Bibtex
    | Delicious
    | Eurlex57k

[<RequireQualifiedAccess>]
module DataSet =

    let folder (set: DataSet) : string =
        match set with
        | Bibtex -> "bibtex"
        | Delicious -> "delicious"
        | Eurlex57k -> "eurlex57k"

/// The files of a run, made once.
[<RequireQualifiedAccess>]
module Inputs =

    let private once (path: string) (make: string -> unit) =
        if not (File.Exists path) then
            let part = path + ".part"
            make part
            File.Move(part, path)

    let private file folder name part =
        Path.Combine(folder, $"{name}.{part}.csr")

    /// Features, labels and local signal that were written under a name.
    let read (folder: string) (name: string) : TrainingRows =
        let part p = CsrBytes.read (file folder name p)

        {
            Features = part "features"
            Labels = part "labels"
            Local = part "local"
            Weights = None
        }

    /// The features go last: where they are, so is the rest.
    let private write folder name (rows: Dataset) (local: CsrMatrix option) =
        for part, m in
            [
                "labels", rows.Labels
                yield! local |> Option.toList |> List.map (fun m -> "local", m)
                "features", rows.Features
            ] do
            once (file folder name part) (fun path -> CsrBytes.write path m)

    /// The synthetic corpus, and logits N(0, 4) for a batch of 512.
    let synthetic (folder: string) : unit =
        Directory.CreateDirectory folder |> ignore

        if not (File.Exists(file folder "amazoncat" "features")) then
            let rows = Corpus.make CorpusShape.amazonCat
            write folder "amazoncat" (Dataset.create rows.Features rows.Labels) (Some rows.Local)

        once (Path.Combine(folder, "logits.f32")) (fun path ->
            let z = Seed.normals (512 * CorpusShape.amazonCat.Labels) (Seed.ofInt 5)
            use out = File.Create path
            out.Write(MemoryMarshal.AsBytes(ReadOnlySpan(z |> Array.map (fun v -> 2f * v - 4f)))))

    let private unpack (source: string) (path: string) =
        use packed = new GZipStream(File.OpenRead source, CompressionMode.Decompress)
        use out = File.Create path
        packed.CopyTo out

    /// fastText's format: labels, then each word as often as it occurs.
    let private words (counts: Dataset) (path: string) =
        use out = new StreamWriter(path)

        for i in 0 .. counts.Rows - 1 do
            for l in Csr.set i counts.Labels do
                out.Write $"__label__{l} "

            for struct (word, count) in Csr.row i counts.Features do
                for _ in 1 .. int count do
                    out.Write $"w{word} "

            out.Write '\n'

    let private readParts (data: string) (set: DataSet) : Dataset * Dataset =
        [ "train"; "test" ]
        |> List.map (fun part -> Path.Combine(data, DataSet.folder set, $"{part}.svm.gz"))
        |> Svmlight.readTogether Svmlight.defaults
        |> function
            | [ train; test ] -> train, test
            | _ -> invalidOp "expected two parts"

    /// TF-IDF rows of both parts, with weights of the training rows.
    let private weighed (train: Dataset, test: Dataset) : Dataset * Dataset =
        let weights = TfIdfWeights.fit Sublinear train.Features

        let weigh (d: Dataset) =
            Dataset.create (TfIdfWeights.apply weights d.Features) d.Labels

        weigh train, weigh test

    /// EURLEX57K: the text of its training rows, TF-IDF rows, the leave-one-out KNN signal, sets predicted by it.
    let private eurlex (data: string) (folder: string) : unit =
        once (Path.Combine(folder, "eurlex.svm")) (unpack (Path.Combine(data, "eurlex57k", "train.svm.gz")))

        if not (File.Exists(file folder "eurlex.train" "features")) then
            let train, test = readParts data Eurlex57k
            words train (Path.Combine(folder, "eurlex.train.txt"))
            words test (Path.Combine(folder, "eurlex.test.txt"))
            let train, test = weighed (train, test)
            let knn = FeatureKnn.fit FeatureKnnOptions.standard train
            let local = (FeatureKnn.leaveOneOut knn).Values

            once (file folder "eurlex.train" "predicted") (fun path ->
                let (LabelSets sets) =
                    Thresholds.decide (Thresholds.fixedAt local.Columns 0.3f) (Scores local)

                CsrBytes.write path sets)

            write folder "eurlex.test" test (Some (FeatureKnn.apply test.Features knn).Values)
            write folder "eurlex.train" train (Some local)

    /// The files made of a data set: the TF-IDF rows and label sets of both parts, of EURLEX57K more.
    let dataSet (data: string) (folder: string) (set: DataSet) : unit =
        Directory.CreateDirectory folder |> ignore
        let name = DataSet.folder set

        match set with
        | Eurlex57k -> eurlex data folder
        | Bibtex
        | Delicious when File.Exists(file folder $"{name}.train" "features") -> ()
        | Bibtex
        | Delicious ->
            let train, test = weighed (readParts data set)
            write folder $"{name}.test" test None
            write folder $"{name}.train" train None
