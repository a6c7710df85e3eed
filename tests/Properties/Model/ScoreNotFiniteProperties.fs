/// Weights and features that are each good may multiply to what is no float32: then the row is refused by name, and no other.
module Limen.Properties.ScoreNotFiniteProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Core

/// Which score is beyond float32, all counted from 0, and the weight that makes it so.
type Overflow =
    {
        Row: int
        Scorer: int
        Label: int
        Weight: float32
    }

let private rows = 600

type Arbitraries =
    static member Overflow() =
        gen {
            let! row = Gen.choose (0, rows - 1)
            let! scorer = Gen.choose (0, 1)
            let! label = Gen.choose (0, SmallProblem.labels - 1)
            let! weight = Gen.elements [ 1e30f; -1e30f ]

            return
                {
                    Row = row
                    Scorer = scorer
                    Label = label
                    Weight = weight
                }
        }
        |> Arb.fromGen

let private few = Cases.from [ typeof<Arbitraries> ] |> Cases.times 25

let private model =
    lazy
        (let linear = Linear.scorer LinearOptions.standard

         SmallProblem.fit
             { SmallProblem.options with
                 Scorers = [ linear; linear ]
                 Local = None
             }
             (SmallProblem.dataset 60 1)
             None)

/// The model, of which a scorer has such a weight of the first feature for a label, and no other.
let private withWeight (o: Overflow) (model: Model) : Model =
    let changed (fitted: FittedScorer) =
        let linear = fitted.Stored.Data :?> LinearScorer

        let weights =
            Csr.ofRows
                SmallProblem.features
                [|
                    for l in 0 .. SmallProblem.labels - 1 ->
                        if l = o.Label then
                            [| struct (0, o.Weight) |]
                        else
                            Csr.row l linear.Weights
                |]

        Linear.entry.Codec.Load(Linear.ofWeights weights linear.Bias)

    { model with
        Ranker =
            { model.Ranker with
                Scorers =
                    model.Ranker.Scorers
                    |> List.mapi (fun i scorer -> if i = o.Scorer then changed scorer else scorer)
            }
    }

/// Rows of which one has nothing but the first feature, of a magnitude.
let private withFeature (magnitude: float32) (o: Overflow) =
    let x = (SmallProblem.dataset rows 2).Features

    Csr.ofRows
        SmallProblem.features
        [|
            for row in 0 .. rows - 1 ->
                if row = o.Row then
                    [| struct (0, magnitude) |]
                else
                    Csr.row row x
        |]

[<Tests>]
let tests =
    testList
        "Score not finite"
        [
            property few "a row whose score is not finite is refused with row, scorer and label" (fun (o: Overflow) ->
                let model = model.Value |> withWeight o
                let x = withFeature Limits.feature o

                for ask in
                    [
                        fun () -> Model.candidates x model |> box
                        fun () -> Model.scores x model |> box
                        fun () -> Model.predict x model |> box
                        fun () -> Model.probabilities x model |> box
                        fun () -> Explanation.rows x model |> box
                    ] do
                    let refused = Require.thrown<ScoreNotFiniteException> ask
                    Require.equal (o.Row + 1, o.Scorer + 1, o.Label) (refused.Row, refused.Scorer, refused.Label)

                    Require.startsWith
                        $"row {o.Row + 1}: the score that scorer {o.Scorer + 1} gives to label {o.Label} is not finite"
                        refused.Message

                    Require.isTrue (box refused :? ArgumentException))

            property few "the same weight gives numbers for a feature that it can bear" (fun (o: Overflow) ->
                let (Scores scores) = withWeight o model.Value |> Model.scores (withFeature 1e6f o)

                Require.equal rows scores.Rows
                Require.isTrue (Array.forall Single.IsFinite scores.Values))
        ]
