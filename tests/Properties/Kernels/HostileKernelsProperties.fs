/// Whatever a public kernel is given, it ends in the right result or in an exception that it documents, and touches no memory but what it was given.
module Limen.Properties.HostileKernelsProperties

open System
open System.Reflection
open Expecto
open Limen.Kernels

/// Sizes, lengths and numbers drawn anew for each.
let private cases = if Cases.isProof then 3000 else 60

let private all: HostileKernel list =
    HostileDenseKernels.all
    @ HostileLearningKernels.all
    @ HostileSparseKernels.all
    @ HostileTextKernels.all

let private named (t: Type) (name: string) (parameters: ParameterInfo[]) =
    $"""{t.Name}.{name}({String.Join(" ", parameters |> Array.map _.Name)})"""

/// What is called so of the public functions and constructors: not those of records, which hold what they are given, nor what every object has.
let private names: string list =
    let isRecord (t: Type) =
        t.GetMethod("PrintMembers", BindingFlags.Instance ||| BindingFlags.NonPublic)
        |> isNull
        |> not

    let own =
        BindingFlags.Public
        ||| BindingFlags.Instance
        ||| BindingFlags.Static
        ||| BindingFlags.DeclaredOnly

    [
        for t in typeof<CsrMatrix>.Assembly.GetExportedTypes() do
            if not t.IsEnum && not (typeof<Delegate>.IsAssignableFrom t) then
                for m in t.GetMethods own do
                    let isObject =
                        m.Name = "Equals"
                        || m.Name = "GetHashCode"
                        || m.Name = "ToString"
                        || m.Name = "Deconstruct"
                        || m.Name = "<Clone>$"

                    if m.Name = "get_Item" then
                        named t "Item" (m.GetParameters())
                    elif not m.IsSpecialName && not isObject then
                        named t m.Name (m.GetParameters())

                if not t.IsAbstract && not (isRecord t) then
                    for c in t.GetConstructors() do
                        named t "new" (c.GetParameters())
    ]

[<Tests>]
let tests =
    testList
        "Hostile kernels"
        [
            testCase "every public function has its row" (fun () ->
                Require.equal [] (List.except (List.map fst all) names)
                Require.equal [] (List.except names (List.map fst all)))

            for name, kernel in all do
                testCase name (fun () ->
                    for seed in 1..cases do
                        try
                            Require.isTrue (HostileCalls.leavesAlone kernel seed)
                        with e ->
                            failtest $"arguments {seed}: {e}")
        ]
