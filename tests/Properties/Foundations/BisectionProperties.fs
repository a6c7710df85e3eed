module Limen.Properties.BisectionProperties

open Expecto
open Limen.Core

[<Tests>]
let tests =
    testList
        "Bisection"
        [
            property
                Cases.any
                "the place is the one that a scan from the first on finds"
                (fun (numbers: int[]) (from: byte) (bound: int) ->
                    let sorted = Array.sort numbers
                    let first = min (int from) sorted.Length

                    let scanned =
                        seq { first .. sorted.Length - 1 }
                        |> Seq.tryFind (fun at -> sorted[at] >= bound)
                        |> Option.defaultValue sorted.Length

                    scanned = Bisection.firstPlace first sorted.Length (fun at -> sorted[at] >= bound))
        ]
