/// The library does not look again at matrices that it has made: what could make a wrong one is refused before.
module Limen.Properties.TrustedMatrixProperties

open System
open System.Text.Json
open Expecto
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

let private cases = Cases.from [ typeof<Arbitraries> ]

let private sound (m: CsrMatrix) = isNull (m.StructureFault())

let private refused (words: string) (action: unit -> 'a) =
    Require.refusal<ArgumentException>(fun () -> box (action ()))
    |> Require.contains words

let private linear =
    lazy
        (SmallProblem.fit
            { SmallProblem.options with
                Scorers = [ Linear.scorer LinearOptions.standard ]
                Local = None
            }
            (SmallProblem.dataset 60 1)
            (Some(SmallProblem.dataset 40 2)))

[<Tests>]
let tests =
    testList
        "Trusted matrices"
        [
            property cases "what is made of a sound matrix is sound" (fun (c: SparseCase) (d: DataCase) ->
                let m = c.Matrix
                let everyOther = [| for row in 0..2 .. m.Rows - 1 -> row |]

                for made in
                    [
                        Csr.selectRows everyOther m
                        Csr.append m m
                        Csr.mapValues (fun _ _ v -> 2f * v) m
                        Csr.transpose m
                        Scaling.apply (Scaling.fit Scaling.Standardised m) m
                        Scaling.apply (Scaling.fit Scaling.Quantiles m) m
                        Imputer.apply (Imputer.fit m) m
                        Plain.sets (Thresholds.decide (Array.zeroCreate m.Columns) (Scores m))
                        (Dataset.widen (m.Columns + 3) m.Columns (Dataset.create m m)).Features
                        CosineIndex.Build(m).LeaveOneOut 2
                        (Shortlist.ofBatch
                            2
                            (Seed.ofInt 1)
                            (BatchCases.batch
                                {
                                    Data =
                                        {
                                            Features = d.Data.Features
                                            Labels = d.Data.Labels
                                            Local = d.Data.Labels
                                            Weights = None
                                        }
                                    Batch = [| 0; 0 |]
                                    Others = 2
                                }))
                            .Batch.Data.Labels
                    ] do
                    Require.isTrue (sound made))

            testCase "rows are not put into fewer columns" (fun () ->
                let d = SmallProblem.dataset 5 1

                refused "expected at least 40 columns, received 39" (fun () -> Dataset.widen 39 SmallProblem.labels d)

                refused "expected at least 8 columns, received 7" (fun () -> Dataset.widen SmallProblem.features 7 d))

            testTheory
                "a scorer's margins of other rows or labels are refused"
                [ 0, 1; 1, 0; -1, 0; 0, -1 ]
                (fun (rows, labels) ->
                    let scorer (chosen: int[]) =
                        DenseMatrix.Zeros(chosen.Length + rows, 4 + labels)

                    refused "expected [B; L]" (fun () -> Candidates.top 2 4 3 scorer))

            testTheory "a model predicts no rows of other features" [ 39; 41 ] (fun features ->
                let x = Csr.empty 3 features

                for model in [ linear.Value; SmallProblem.model.Value ] do
                    refused "expected" (fun () -> Plain.sets (Model.predict x model)))

            testCase "a stored scorer whose arrays do not make one is damaged" (fun () ->
                let scorer =
                    Linear.ofWeights (Csr.ofRows 3 [| [| struct (1, 1f) |]; [||] |]) [| 1f; 2f |]

                let stored, damaged = Sidecar(), Sidecar()

                let json =
                    ModelJson.within stored (fun options -> JsonSerializer.Serialize(scorer, options))

                for name, array in stored.Arrays do
                    match array with
                    | F32(_, [| 1f; 2f |]) -> damaged.Arrays.Add(name, F32([| 1 |], [| 1f |]))
                    | other -> damaged.Arrays.Add(name, other)

                Require.refusal<JsonException>(fun () ->
                    box (
                        ModelJson.within damaged (fun options ->
                            JsonSerializer.Deserialize<LinearScorer>(json, options))
                    ))
                |> Require.contains "expected biases [L] with L = 2, received 1")
        ]
