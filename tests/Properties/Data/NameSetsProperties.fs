module Limen.Properties.NameSetsProperties

open Expecto
open FsCheck
open Limen.Core

let private rowsOf (rows: NonEmptyString list list) : string[][] =
    rows |> Seq.map (Seq.map _.Get >> Seq.toArray) |> Seq.toArray

let private plain (sets: NameSets) =
    sets |> Seq.map List.ofArray |> List.ofSeq

[<Tests>]
let tests =
    testList
        "NameSets"
        [
            property Cases.any "each row has its names once, in the order in which they came" (fun rows ->
                let rows = rowsOf rows
                let sets = NameSets.Of rows
                let distinct = rows |> Array.map Array.distinct
                Require.equal (distinct |> Array.map List.ofArray |> List.ofArray) (plain sets)
                Require.equal (distinct |> Seq.concat |> Seq.distinct |> List.ofSeq) (List.ofSeq sets.Names)
                Require.equal (Array.sumBy Array.length rows - Array.sumBy Array.length distinct) sets.Dropped)

            property Cases.any "parts one after the other are all rows" (fun a b ->
                let a, b = rowsOf a, rowsOf b
                let parts = NameSets.Concat [ NameSets.Of a; NameSets.Of b ]
                let all = NameSets.Of(Array.append a b)
                Require.equal (plain all) (plain parts)
                Require.equal (List.ofSeq all.Names) (List.ofSeq parts.Names)
                Require.equal all.Dropped parts.Dropped)

            property Cases.any "in a label space they are what LabelSpace.encode makes of them" (fun rows ->
                let rows = rowsOf rows
                let space = LabelSpace.ofNames rows
                let (LabelSets expected) = LabelSpace.encode space rows

                let (LabelSets received) =
                    (NameSets.Of rows).Encode((fun _ name -> exn name), space)

                Require.equal (SmallProblem.entries expected) (SmallProblem.entries received)
                Require.equal (List.ofArray expected.RowStart) (List.ofArray received.RowStart)
                Require.equal space.Count received.Columns)

            testCase "a name that the space lacks is told with its row" (fun () ->
                let sets = NameSets.Of [| [| "a" |]; [| "a"; "b" |] |]

                Require.refusal<exn>(fun () ->
                    sets.Encode((fun row name -> exn $"{row} {name}"), LabelSpace [| "a" |]) |> box)
                |> Require.equal "1 b")
        ]
