namespace Limen.Properties

open System
open System.Globalization
open FsCheck
open FsCheck.FSharp
open Limen.Core

/// A number as somebody may write it.
type Written = Written of string

/// Rows as somebody may write them, and what they mean: labels and (feature, value) pairs.
type WrittenRows =
    {
        Text: string
        Meaning: (int list * (int * float32) list) list
    }

type SvmlightArbitraries =
    static member Written() =
        gen {
            let! sign = Gen.elements [ ""; ""; "-"; "+" ]

            let digits most =
                Gen.choose (0, most)
                |> Gen.bind (fun n -> Gen.listOfLength n (Gen.elements [ '0' .. '9' ]))

            let! whole = digits 20
            let! decimals = digits 20
            let! exponent = Gen.elements [ ""; ""; ""; "e-7"; "E5"; "e-44"; "e+30" ]
            let text = String(List.toArray whole) + "." + String(List.toArray decimals)
            return Written(sign + (if text = "." then "0" else text) + exponent)
        }
        |> Arb.fromGen

    static member WrittenRows() =
        let blank = Gen.elements [ " "; "  "; "\t" ]

        let row =
            gen {
                let! labels = Gen.choose (0, 12) |> Gen.listOf |> Gen.map List.distinct
                let! ids = Gen.choose (0, 200) |> Gen.listOf |> Gen.map (List.distinct >> List.sort)
                let! values = Gen.listOfLength ids.Length Generators.value
                let! blanks = Gen.listOfLength ids.Length blank
                let! tail = Gen.elements [ ""; " "; " # a comment: 1:2"; "\t\r" ]
                let! before = Gen.elements [ ""; ""; "# 1 1:1\n"; " \t# 2 2:2\n" ]

                let! written =
                    Gen.elements [ string; string; (fun label -> $"+{label}"); (fun label -> $"{label}.00") ]

                let! query = Gen.elements [ ""; ""; " qid:17" ]

                let pairs =
                    List.map3
                        (fun b (id: int) (v: float32) ->
                            b + string id + ":" + v.ToString("R", CultureInfo.InvariantCulture))
                        blanks
                        ids
                        values

                let line =
                    String.Join(",", List.map written labels) + query + String.Join("", pairs)

                // with a comment alone it would be no row
                let line = if line = "" then " " else line + tail
                return before + line, (List.sort labels, List.zip ids values)
            }

        gen {
            let! rows = Gen.nonEmptyListOf row
            let! last = Gen.elements [ ""; "\n" ]

            return
                {
                    Text = String.Join("\n", List.map fst rows) + last
                    Meaning = List.map snd rows
                }
        }
        |> Arb.fromGen
