module Limen.Properties.InputChoiceProperties

open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

/// Rows whose two labels hang on the order of 20 skewed features: a few far values hide it from what looks at their size.
let private skewed rows : LabelledRows =
    let u r i =
        Seed.uniform (int64 (100 * r + i)) (Seed.ofInt 5)

    let value r c =
        let shift = if c % 2 = (if u r 99 < 0.5 then 0 else 1) then 0.3 else 0.0
        exp (60.0 * (shift + u r c) - 40.0) |> float32

    LabelledRows.ofNames
        (Rows.Dense(Array2D.init rows 20 value))
        [| for r in 0 .. rows - 1 -> [| (if u r 99 < 0.5 then "even" else "odd") |] |]

let private candidate name kind : InputCandidate =
    {
        Name = name
        Fit = InputSpace.fit [ VectoriserOptions() ] kind
    }

let private entries (m: CsrMatrix) =
    m.Columns, [ for r in 0 .. m.Rows - 1 -> List.ofArray (Csr.row r m) ]

[<Tests>]
let tests =
    testList
        "InputChoice"
        [
            testCase "the scaling that held-out rows do best with is taken, and its figure is the highest" (fun () ->
                let rows = skewed 300
                let choice = InputChoice.fit [ VectoriserOptions() ] FeatureKind.Automatic rows
                Require.equal "Quantiles" choice.Name
                Require.equal "Quantiles" (choice.Figures |> List.maxBy snd |> fst)

                Require.equal
                    (entries (
                        InputSpace.apply
                            (InputSpace.fit [ VectoriserOptions() ] FeatureKind.Quantiles rows.Rows)
                            rows.Rows
                    ))
                    (entries (InputSpace.apply choice.Input rows.Rows)))

            testCase "candidates that are level: the first, whichever it is" (fun () ->
                let rows = skewed 100

                let a, b =
                    candidate "a" FeatureKind.Measurements, candidate "b" FeatureKind.Measurements

                Require.equal "a" (InputChoice.choose [ a; b ] rows).Name
                Require.equal "b" (InputChoice.choose [ b; a ] rows).Name)

            testCase "the first whose mean is within a standard error of the best" (fun () ->
                let near, best, far = [ 0.5; 0.7; 0.6 ], [ 0.61; 0.61; 0.61 ], [ 0.3; 0.3; 0.3 ]
                Require.equal 1 (InputChoice.simplestOfBest [ far; near; best ])
                Require.equal 1 (InputChoice.simplestOfBest [ far; best; near ])
                Require.equal 1 (InputChoice.simplestOfBest [ [ 0.5; 0.51; 0.5 ]; best ]))

            testCase "of texts, and where the kind is said, nothing is chosen" (fun () ->
                let rows = skewed 100

                let texts =
                    LabelledRows.ofNames (Rows.Texts(Array.create 40 "one two")) (Array.create 40 [| "a" |])

                let options = [ VectoriserOptions() ]
                Require.isEmpty (InputChoice.fit options FeatureKind.Robust rows).Figures
                Require.equal "Robust" (InputChoice.fit options FeatureKind.Robust rows).Name
                Require.isEmpty (InputChoice.fit options FeatureKind.Automatic texts).Figures)

            testCase "the choice is the rows' own, and no held-out row has a part in a fold's features" (fun () ->
                let rows = skewed 90
                let seen = System.Collections.Generic.List<int>()

                let spy =
                    { candidate "spy" FeatureKind.Measurements with
                        Fit =
                            fun train ->
                                seen.Add train.Count
                                InputSpace.fit [ VectoriserOptions() ] FeatureKind.Measurements train
                    }

                let first = InputChoice.choose [ spy; candidate "other" FeatureKind.Robust ] rows
                let again = InputChoice.choose [ spy; candidate "other" FeatureKind.Robust ] rows
                Require.equal first.Figures again.Figures
                Require.equal [ 60; 60; 60; 90 ] (List.ofSeq seen |> List.take 4))

            testCase "whole numbers do as well as the numbers that they are: round(100 x) is scaled as x is" (fun () ->
                let at r c =
                    Seed.uniform (int64 (20 * r + c)) (Seed.ofInt 2) |> float32

                let names =
                    [| for r in 0..119 -> [| (if at r 0 + at r 1 > 1f then "a" else "b") |] |]

                let rows factor =
                    LabelledRows.ofNames
                        (Rows.Dense(Array2D.init 120 6 (fun r c -> round (100f * at r c) / factor)))
                        names

                let features factor =
                    let rows = rows factor
                    let choice = InputChoice.fit [ VectoriserOptions() ] FeatureKind.Automatic rows
                    choice.Name, (InputSpace.apply choice.Input rows.Rows).Values |> Array.map float

                let (wholeName, whole), (name, numbers) = features 1f, features 100f
                Require.equal name wholeName
                Tolerance.require { Absolute = 1e-4; Relative = 1e-3 } "x" numbers whole)
        ]
