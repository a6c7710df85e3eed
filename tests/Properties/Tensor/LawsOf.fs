namespace Limen.Properties

open Expecto

/// Which functions of module Tensor a test states laws of, where they are not in `Operations.all`: the labels of a list say so.
[<AutoOpen>]
module LawsOf =

    let private prefix = "Tensor."

    let lawsOf (functions: string list) (law: Test) : Test =
        testList (functions |> List.map ((+) prefix) |> String.concat ", ") [ law ]

    /// The functions that `lawsOf` names somewhere in a tree of tests.
    let functionsWithLaws (tests: Test) : string list =
        [
            for test in Test.toTestCodeList tests do
                for label in test.name do
                    for name in label.Split ", " do
                        if name.StartsWith prefix then
                            name.Substring prefix.Length
        ]
        |> List.distinct
