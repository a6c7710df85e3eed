module Limen.Properties.IdfProperties

open Expecto
open Limen.Core

let private smoothings =
    [ IdfSmoothing.AddOne; IdfSmoothing.None; IdfSmoothing.Normalised ]

let private fits { Data = data } =
    smoothings |> List.map (fun s -> Idf.fit s data)

let private cases = Cases.from [ typeof<Arbitraries>; typeof<SignalArbitraries> ]

[<Tests>]
let tests =
    testList
        "Idf"
        [
            property cases "a rarer label never has the smaller IDF" (fun (case: DataCase) ->
                let counts = Csr.columnCounts case.Data.Labels

                fits case
                |> List.forall (fun idf ->
                    Array.allPairs (Array.zip counts idf) (Array.zip counts idf)
                    |> Array.forall (fun ((n, a), (m, b)) -> n >= m || a >= b)))

            property cases "a label with fewer rows, of at least one, has the larger IDF" (fun (case: DataCase) ->
                let counts = Csr.columnCounts case.Data.Labels

                fits case
                |> List.forall (fun idf ->
                    Array.allPairs (Array.zip counts idf) (Array.zip counts idf)
                    |> Array.forall (fun ((n, a), (m, b)) -> n = 0 || n >= m || a > b)))

            property cases "IDF is not negative, and at most one when normalised" (fun (case: DataCase) ->
                (fits case |> List.forall (Array.forall (fun v -> v >= 0f)))
                && Idf.fit IdfSmoothing.Normalised case.Data |> Array.forall (fun v -> v <= 1f))

            property cases "renumbered labels have renumbered IDF" (fun (case: SignalCase) ->
                let renumbered =
                    { case.Training with
                        Labels = SignalCase.renumber case.Order case.Training.Labels
                    }

                smoothings
                |> List.forall (fun s ->
                    let before = Idf.fit s case.Training
                    let after = Idf.fit s renumbered

                    case.Order
                    |> Array.indexed
                    |> Array.forall (fun (l, l') -> before[l] = after[l'])))

            testCase "of 10,000 rows a label in 50 has a larger IDF than one in 5,000" (fun () ->
                let idf =
                    Idf.ofCounts IdfSmoothing.AddOne (LabelCounts.create 10_000 [| 50; 5_000 |])

                Tolerance.require
                    Tolerance.float32
                    "IDF"
                    [ log (10001.0 / 51.0); log (10001.0 / 5001.0) ]
                    (Array.map float idf)

                Require.above (idf[1]) (idf[0]))

            testCase "the three smoothings at the ends of their range" (fun () ->
                let idf s =
                    Idf.ofCounts s (LabelCounts.create 10 [| 0; 1; 10 |]) |> Array.map float

                Tolerance.require Tolerance.float32 "add-one" [ log 11.0; log 5.5; 0.0 ] (idf IdfSmoothing.AddOne)
                Tolerance.require Tolerance.float32 "none" [ log 10.0; log 10.0; 0.0 ] (idf IdfSmoothing.None)

                Tolerance.require
                    Tolerance.float32
                    "normalised"
                    [ 1.0; log 5.5 / log 11.0; 0.0 ]
                    (idf IdfSmoothing.Normalised)

                Require.equal [| 0f |] (Idf.ofCounts IdfSmoothing.Normalised (LabelCounts.create 0 [| 0 |])))

            testCase "a count above the number of rows is refused" (fun () ->
                let error =
                    Require.thrown<System.ArgumentException>(fun () ->
                        Idf.ofCounts IdfSmoothing.AddOne (LabelCounts.create 3 [| 1; 4 |]))

                Require.contains "label 1: expected a count in 0 .. 3, received 4" error.Message)
        ]
