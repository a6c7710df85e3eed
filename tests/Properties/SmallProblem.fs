namespace Limen.Properties

open System
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

/// A small problem that can be learned: each label has its own features; rows carry one to three labels and noise.
[<RequireQualifiedAccess>]
module SmallProblem =

    let labels = 8
    let features = 40

    let dataset (rows: int) (seed: int) : Dataset =
        let s = Seed.ofInt seed

        let draw purpose i n =
            int (Seed.bits (int64 i) (Seed.derive purpose 0 s) % uint64 n)

        let sets =
            Array.init rows (fun i -> Array.init (1 + draw "count" i 3) (fun k -> draw "label" (4 * i + k) labels))

        let row i =
            [
                for l in sets[i] do
                    4 * l, 1f
                    4 * l + 1 + draw "own" (8 * i + l) 3, 0.5f
                32 + draw "noise" i 8, 1f
            ]
            |> List.groupBy fst
            |> List.sortBy fst
            |> List.map (fun (f, vs) -> struct (f, List.sumBy snd vs))
            |> List.toArray

        Dataset.create (Csr.ofRows features (Array.init rows row) |> Csr.normaliseRows) (Csr.ofSets labels sets)

    let space = LabelSpace [| for l in 1..labels -> $"label {l}" |]

    /// The settings of its perceptron, anew at every call because they can be changed.
    let perceptron () =
        PerceptronOptions(
            HiddenLayers = [| 12 |],
            Dropout = 0.1,
            Epochs = Nullable 6,
            BatchSize = Nullable 16,
            LearningRate = 0.01,
            Patience = 3
        )

    let network = { Hidden = [ 12 ]; Dropout = 0.1 }

    let training =
        TrainingOptions.reader (perceptron ()) LabelCounts.sample (Seed.ofInt 1) None

    let options =
        { ModelOptions.defaults with
            Scorers = [ Perceptron.scorer (perceptron ()) ]
            Local =
                Some(
                    FeatureKnn.signal
                        { FeatureKnnOptions.standard with
                            K = 5
                        }
                )
            Candidates = 5
        }

    /// The same with settings of the perceptron changed.
    let withPerceptron (change: PerceptronOptions -> unit) (o: ModelOptions) : ModelOptions =
        let settings = perceptron ()
        change settings

        { o with
            Scorers = [ Perceptron.scorer settings ]
        }

    /// Validation rows, where there are any, decide alone if the options do not say otherwise.
    let fit (options: ModelOptions) train (validation: Dataset option) =
        let options =
            { options with
                DecisionRows =
                    match options.DecisionRows, validation with
                    | None, Some _ -> Some DecisionRows.ValidationOnly
                    | rows, _ -> rows
            }

        Model.fit options space (Features features) train validation ignore CancellationToken.None

    /// Fitted once, shared by the tests that only look.
    let model = lazy (fit options (dataset 300 1) (Some(dataset 80 2)))

    let entries (m: CsrMatrix) =
        [
            for r in 0 .. m.Rows - 1 do
                for struct (c, v) in Csr.row r m -> r, c, v
        ]

    /// The network, its threshold and its history, of a model whose first scorer is a perceptron.
    let stored (scorer: FittedScorer) = scorer.Stored.Data :?> StoredPerceptron
