/// What an input space takes the numbers of feature rows for.
module Limen.Properties.InputSpaceProperties

open System
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private entries (m: CsrMatrix) =
    m.Columns, [ for r in 0 .. m.Rows - 1 -> List.ofArray (Csr.row r m) ]

let private fit kind rows =
    InputSpace.fit [ VectoriserOptions() ] kind rows

[<Tests>]
let tests =
    testList
        "InputSpace"
        [
            testCase "dense numbers are not infinite" (fun () ->
                let rows = Rows.Dense(array2D [ [ 1f; 2f ]; [ 3f; infinityf ] ])

                Require.startsWith
                    "row 2: expected finite values, received Infinity for feature 1"
                    (Require.refusal<ArgumentException>(fun () -> fit FeatureKind.Values rows |> box)))

            testCase "texts need a vectoriser, features none" (fun () ->
                let texts = Rows.Texts [| "reads a line" |]
                let features = Rows.Dense(array2D [ [ 1f; 2f ] ])
                let fault = "vectoriser: expected at least one for texts, received none"
                Require.equal [ fault ] (InputSpace.faults [] FeatureKind.Automatic texts)

                Require.equal
                    (entries (InputSpace.apply (fit FeatureKind.Values features) features))
                    (entries (InputSpace.apply (InputSpace.fit [] FeatureKind.Values features) features)))

            testCase "a missing term count is refused, in training rows and in others" (fun () ->
                let missing = Rows.Dense(array2D [ [ 1f; 2f ]; [ 3f; nanf ] ])
                let whole = Rows.Dense(array2D [ [ 1f; 2f ] ])

                for action in
                    [
                        fun () -> fit FeatureKind.TermCounts missing |> box
                        fun () -> InputSpace.apply (fit FeatureKind.TermCounts whole) missing |> box
                    ] do
                    Require.startsWith
                        "expected term counts, received a missing value (NaN) for feature 1"
                        (Require.refusal<ArgumentException> action))

            testTheory
                "what numbers may be is judged by the training rows, density before whole numbers"
                [
                    [ 1f; 0f; 3f; 7f ], 0, FeatureKind.Measurements
                    [ 1.5f; 0f; 3f; 7f ], 0, FeatureKind.Measurements
                    [ nanf; 0f; 3f; 7f ], 0, FeatureKind.Measurements
                    [ 1f; 3f ], 20, FeatureKind.TermCounts
                    [ 1f; 3f ], 5, FeatureKind.TermCounts
                    [ 1.5f; 3f ], 5, FeatureKind.Values
                    [ -1f; 3f ], 5, FeatureKind.Values
                ]
                (fun (numbers, zeros, kind) ->
                    // every feature is some row's
                    let row r =
                        [ 0..zeros ]
                        |> List.collect (fun block -> numbers |> List.map (if block = r then id else fun _ -> 0f))

                    let rows = Rows.Dense(array2D ([ 0..zeros ] @ [ 0 ] |> List.map row))
                    let x = (Rows.tryFeatures rows).Value
                    Require.equal kind (InputSpace.kinds x).Head

                    Require.equal
                        (entries (InputSpace.apply (fit kind rows) rows))
                        (entries (InputSpace.apply (fit FeatureKind.Automatic rows) rows)))

            testCase "sparse whole numbers are term counts and nothing else, other rows leave a choice" (fun () ->
                let kinds stored value =
                    InputSpace.kinds (Csr.ofRows 100 [| Array.init stored (fun c -> struct (c, value)) |])

                Require.equal [ FeatureKind.TermCounts ] (kinds 5 2f)
                Require.equal 4 (kinds 20 2f).Length
                Require.equal 4 (kinds 5 0.5f).Length
                Require.equal 3 (kinds 80 2f).Length)
        ]
