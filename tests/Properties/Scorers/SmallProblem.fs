namespace Limen.Properties

open System.Threading
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

    let training =
        { TrainingOptions.defaults with
            Epochs = 6
            BatchSize = Some 16
            Optimiser =
                { OptimiserOptions.defaults with
                    LearningRate = 0.01
                }
        }

    let network = { Hidden = [ 12 ]; Dropout = 0.1 }

    let options =
        { ModelOptions.defaults with
            Scorers = [ Perceptron(network, training) ]
            Local =
                Some(
                    LocalSignalSpec.FeatureKnn
                        { FeatureKnnOptions.standard with
                            K = 5
                        }
                )
            Candidates = 5
        }

    let fit options train validation =
        Model.fit options space (Features features) train validation ignore CancellationToken.None

    /// Fitted once, shared by the tests that only look.
    let model = lazy (fit options (dataset 300 1) (Some(dataset 80 2)))

    let entries (m: CsrMatrix) =
        [
            for r in 0 .. m.Rows - 1 do
                for struct (c, v) in Csr.row r m -> r, c, v
        ]
