module Limen.Properties.FoldsProperties

open Expecto
open FsCheck
open Limen
open Limen.Core

let private foldsOf (case: DataCase) (PositiveInt wanted) =
    let folds = 1 + wanted % 6
    folds, Folds.stratified folds (Seed.ofInt wanted) case.Data.Truth

/// How far apart the folds are in rows of a label.
let private spread folds (foldOf: int[]) (rows: int[]) =
    let counts =
        [
            for fold in 0 .. folds - 1 -> rows |> Array.filter (fun row -> foldOf[row] = fold) |> Array.length
        ]

    List.max counts - List.min counts

let private cases = Cases.from [ typeof<Arbitraries> ]

let private scored = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "Folds"
        [
            property
                cases
                "stratified folds part the rows, none empty where there are rows enough"
                (fun (case: DataCase) wanted ->
                    let folds, foldOf = foldsOf case wanted
                    let parts = [ for fold in 0 .. folds - 1 -> fst (Folds.split fold foldOf) ]

                    List.sort (List.concat (List.map List.ofArray parts)) = [ 0 .. case.Data.Rows - 1 ]
                    && (case.Data.Rows < folds || not (List.exists Array.isEmpty parts)))

            property
                cases
                "the rarest label is spread as evenly as can be, and so is every label where each row has one"
                (fun (case: DataCase) wanted ->
                    let folds, foldOf = foldsOf case wanted
                    let labels = case.Data.Labels
                    let support = Csr.columnCounts labels
                    let rowsOf = Csr.transpose labels
                    let rarest = Seq.minBy (fun l -> support[l]) (seq { 0 .. labels.Columns - 1 })

                    let single =
                        Csr.ofSets
                            labels.Columns
                            [| for row in 0 .. labels.Rows - 1 -> Array.truncate 1 (Csr.set row labels) |]

                    let ofSingle = Folds.stratified folds (Seed.ofInt 1) (LabelSets single)
                    let rowsOfSingle = Csr.transpose single

                    // labels of equal support are taken in the order of their ids: the first of the rarest is the one taken first
                    spread folds foldOf (Csr.set rarest rowsOf) <= 1
                    && Seq.forall
                        (fun l -> spread folds ofSingle (Csr.set l rowsOfSingle) <= 1)
                        (seq { 0 .. labels.Columns - 1 }))

            property cases "places restore the order of rows that folds have parted" (fun (case: DataCase) wanted ->
                let folds, foldOf = foldsOf case wanted
                let parts = [ for fold in 0 .. folds - 1 -> fst (Folds.split fold foldOf) ]
                let place = Folds.places parts
                let concatenated = Array.concat parts

                place |> Array.map (fun at -> concatenated[at]) = [| 0 .. case.Data.Rows - 1 |])

            property
                scored
                "all scorings of a row share a fold, in whichever order they come; scored once, a row's fold is that of its scores"
                (fun (case: ScoredCase) (PositiveInt wanted) ->
                    let folds, seed = 2 + wanted % 4, Seed.ofInt wanted
                    let rows = case.Scores.Rows
                    let other = case.Scores |> Csr.mapValues (fun _ _ z -> 1f - 2f * z)

                    let foldOf scorings matrix =
                        Folds.ofScores scorings folds seed (Scores matrix)

                    let once, twice = foldOf 1 case.Scores, foldOf 2 (Csr.append case.Scores other)

                    twice = Folds.repeat 2 twice[.. rows - 1]
                    && twice = foldOf 2 (Csr.append other case.Scores)
                    && foldOf 1 (Csr.append case.Scores other) = Array.append once (foldOf 1 other))

            testTheory "scorings that cannot be are refused" [ 0; -1; 2 ] (fun (scorings: int) ->
                let scores, _ = Draws.rows 2 3 (Seed.ofInt 1)

                Require.refusal<System.ArgumentException>(fun () ->
                    Folds.ofScores scorings 2 (Seed.ofInt 1) (Scores scores))
                |> Require.contains $"received {scorings}")
        ]
