namespace Limen.Bench

open System
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open Limen.Core
open Limen
open Limen.Kernels
open TorchSharp

/// Our side of the comparisons, each over inputs that it reads first.
[<RequireQualifiedAccess>]
module Jobs =

    /// The loss of the steps and trainings here.
    let paper = Losses.paper 0.1 0.1 MarginForm.Symmetric

    /// IDF [L] as a model has it: ln((N + 1) / (n_l + 1)), scaled to at most 1.
    let idf (labels: CsrMatrix) : float32[] =
        let values =
            Csr.columnCounts labels
            |> Array.map (fun n -> float32 (log (float (labels.Rows + 1) / float (n + 1))))

        let most = Array.max values
        values |> Array.map (fun v -> v / most)

    /// Thresholds as training starts with them: at each label's log-odds.
    let fusion (labels: CsrMatrix) : Fusion =
        let odds n =
            float32 (log ((float labels.Rows - float n + 0.5) / (float n + 0.5)))

        { Fusion.zero (Shared 0f) labels.Columns with
            Beta = Array.create labels.Columns -8f
            Bias = Csr.columnCounts labels |> Array.map odds
        }

    let private logits (folder: string) count : float32[] =
        let values: float32[] = Array.zeroCreate count
        use file = File.OpenRead(Path.Combine(folder, "logits.f32"))
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()))
        values

    /// The fused loss with all its gradients for a batch; the gradient takes the place of the logits.
    let loss folder rows : Job =
        let data = Inputs.read folder "amazoncat"
        let labels = data.Labels.Columns
        let given = logits folder (rows * labels)
        let z = DenseMatrix.Of(rows, labels, given)
        let threshold = AffineThreshold.ofFusion (idf data.Labels) (fusion data.Labels)

        let batch =
            {
                Data = data
                Rows = Array.init rows id
                Threshold = threshold
            }

        let terms = Option.get (FusedTerms.ofLoss paper)

        Job.prepared (fun () -> given.AsSpan().CopyTo z.Span) (fun () ->
            (BatchLoss.fused terms batch (LabelBlock.All labels) z).Loss)

    /// The same loss through its composed definition, over torch.
    let composed folder rows : Job =
        let data = Inputs.read folder "amazoncat"
        let labels = data.Labels.Columns
        let given = logits folder (rows * labels)
        let z = DenseMatrix.Of(rows, labels, given)
        let threshold = AffineThreshold.ofFusion (idf data.Labels) (fusion data.Labels)

        let batch =
            {
                Data = data
                Rows = Array.init rows id
                Threshold = threshold
            }

        Job.prepared (fun () -> given.AsSpan().CopyTo z.Span) (fun () -> (BatchLoss.composed paper batch z).Loss)

    /// The same loss as a module of torch.nn over dense truth, forward and backward.
    let lossModule folder rows : Job =
        let data = Inputs.read folder "amazoncat"
        let labels = data.Labels.Columns
        let size = [| int64 rows; int64 labels |]
        Limen.TorchRuntime.Load()

        let z =
            torch.from_array(logits folder (rows * labels)).reshape(size).requires_grad_ true

        let truth: float32[] = Array.zeroCreate (rows * labels)

        for row in 0 .. rows - 1 do
            for label in data.Labels.RowIndices row do
                truth[row * labels + label] <- 1f

        let y = torch.from_array(truth).reshape size
        let loss = new LossModule(paper)

        Job.repeated 1 (fun () ->
            use _ = torch.NewDisposeScope()
            let value = loss.forward (z, y)
            torch.autograd.grad ([| value |], [| z |]) |> ignore
            float (value.item<float32>()))

    /// A plain copy of B L floats by all threads: what memory allows a pass that reads and writes as much.
    let copy rows labels : Job =
        let from, into =
            Array.create (rows * labels) 1f, Array.zeroCreate<float32>(rows * labels)

        let parts = 16
        let size = (from.Length + parts - 1) / parts

        Job.repeated 1 (fun () ->
            Workers.For(
                parts,
                fun part ->
                    let start = part * size
                    from.AsSpan(start, min size (from.Length - start)).CopyTo(into.AsSpan start)
            )

            float into[0])

    /// What a step does for the first layer: rows brought up to date, forward, backward, AdamW of the touched rows.
    let firstLayer folder rows hidden : Job =
        let x = (Inputs.read folder "amazoncat").Features
        let weights = Seed.normals (x.Columns * hidden) (Seed.ofInt 2)
        let bias: float32[] = Array.zeroCreate hidden
        let sums: float32[] = Array.zeroCreate (rows * hidden)
        let settings = AdamWSettings(Rate = 1e-3f)
        let adam = LazyAdamW(x.Columns, hidden, &settings)
        let touched = TouchedRows()
        let mutable at = 0

        let step () =
            let start = at * rows % (x.Rows - rows + 1)
            at <- at + 1
            let batch = Array.init rows ((+) start)
            touched.Gather(x, ReadOnlySpan batch)
            adam.CatchUp(weights.AsSpan(), touched.Ids)
            SparseLayer.Forward(x, ReadOnlySpan batch, ReadOnlySpan weights, ReadOnlySpan bias, sums.AsSpan())
            adam.Step(weights.AsSpan(), touched, ReadOnlySpan sums, 1e-3f)
            SparseLayer.BackwardBias(ReadOnlySpan sums, bias.AsSpan())
            float touched.Count

        // as in a step, rows get their moments in the first pass
        for _ in 1 .. x.Rows / rows do
            step () |> ignore

        Job.repeated 1 step

    /// AdamW of the output layer [L, H].
    let outputUpdate hidden labels : Job =
        let weights: float32[] = Array.zeroCreate (labels * hidden)
        let moments: uint16[] = Array.zeroCreate (2 * weights.Length)
        let gradient = Seed.normals (labels * hidden) (Seed.ofInt 4)
        let settings = AdamWSettings(Rate = 1e-3f)

        Job.repeated 1 (fun () ->
            AdamW.Step(weights.AsSpan(), ReadOnlySpan gradient, moments.AsSpan(), hidden, &settings, 10)
            float weights[0])

    /// The neighbours of the first rows among all rows of EURLEX57K, index included; a row is among its own neighbours.
    let knn folder queries : Job =
        let x = CsrBytes.read (Path.Combine(folder, "eurlex.train.features.csr"))
        let asked = Csr.selectRows [| 0 .. min queries x.Rows - 1 |] x

        Job.repeated 1 (fun () ->
            let found = CosineIndex.Build(x).Search(asked, 31)
            // a row that shares no term with 31 others has cosines of 0, which are not stored
            Array.sumBy float (found.Values.AsSpan(0, found.NonZeros).ToArray())
            / float (31 * asked.Rows))

    /// The neighbours of each of the first rows among the others.
    let knnOf folder rows : Job =
        let x =
            CsrBytes.read (Path.Combine(folder, "eurlex.train.features.csr"))
            |> Csr.selectRows [| 0 .. rows - 1 |]

        Job.repeated 1 (fun () -> float (CosineIndex.Build(x).LeaveOneOut 30).NonZeros)

    let readSvmlight (path: string) : Job =
        Job.repeated 1 (fun () -> float (Svmlight.read Svmlight.defaults path).Features.NonZeros)

    /// Reads through the binary cache, which the warm-up has written.
    let readCached (path: string) : Job =
        let place = In(Path.Combine(Path.GetDirectoryName path, "cache"))
        Job.repeated 1 (fun () -> float (Svmlight.readCached place Svmlight.defaults path).Features.NonZeros)

    /// The F1-optimal threshold of every label over the score lists of the first rows; the check is the macro-F1 at the thresholds.
    let decisions folder rows : Job =
        let all = Inputs.read folder "eurlex.train"
        let first = [| 0 .. min rows all.Labels.Rows - 1 |]
        let local, labels = Csr.selectRows first all.Local, Csr.selectRows first all.Labels

        let fit () =
            SortedPairs.build None (Scores local) (LabelSets labels)
            |> Thresholds.sCut Objective.MacroF1 infinityf

        let reached =
            Evidence.ofSets (Thresholds.decide (fit ()) (Scores local)) (LabelSets labels)
            |> Metric.number (F1.macro (AllLabels AsZero))

        Job.repeated 1 (fun () -> if (fit ()).Length = labels.Columns then reached else nan)

    /// Every decision rule and the stacking of two scorers, fitted on N score lists of 50 labels each; on the way the
    /// seconds of each, in the order of Rules.all, stacking last.
    let everyRule rows : Job =
        let scores, labels = Corpus.scored rows 13_330 50
        let support = Csr.columnCounts labels
        let rarity = Rarity.ofSupport rows support

        let context =
            {
                Counts = LabelCounts.create rows support
                Rarity = rarity
                Objective = Objective.standard
                Weights = None
                Scorings = 1
                Seed = Seed.ofInt 1
            }

        let lists =
            CandidateScores.create rarity [| scores; scores |] (Csr.mapValues (fun _ _ _ -> 0f) scores)

        let stacking () =
            Stacking.fit None lists (LabelSets labels) |> ignore

        let fits =
            [
                for rule in Rules.examples do
                    yield fun () -> Rule.fit rule context (Scores scores) (LabelSets labels) |> ignore

                yield stacking
            ]

        let timed fit =
            let clock = Stopwatch.StartNew()
            fit ()
            clock.Elapsed.TotalSeconds

        Job.once (fun () ->
            { Outcome.ofCheck (float labels.NonZeros) with
                Trajectory = fits |> List.mapi (fun i fit -> timed fit, float i)
            })

    let macroF1 folder : Job =
        let truth = CsrBytes.read (Path.Combine(folder, "eurlex.train.labels.csr"))
        let predicted = CsrBytes.read (Path.Combine(folder, "eurlex.train.predicted.csr"))
        let evidence = Evidence.ofSets (LabelSets predicted) (LabelSets truth)
        Job.repeated 1 (fun () -> Metric.number (F1.macro (AllLabels AsZero)) evidence)
