/// Whatever a public kernel is given, it ends in the right result or in an exception that it documents, and touches no memory but what it was given.
module Limen.Properties.HostileKernelsProperties

open System
open Expecto

/// Sizes, lengths and numbers drawn anew for each.
let private cases = if Cases.isProof then 3000 else 60

let private call (seed: int) (kernel: HostileArguments -> unit) : HostileArguments =
    let arguments = HostileArguments(Random seed)

    try
        kernel arguments
    with
    | :? ArgumentException
    | :? ObjectDisposedException -> ()

    arguments

[<Tests>]
let tests =
    testList
        "Hostile kernels"
        [
            testCase "every public function has its row" (fun () ->
                Require.equal [] (List.except (List.map fst HostileKernels.all) HostileKernels.names)
                Require.equal [] (List.except HostileKernels.names (List.map fst HostileKernels.all)))

            for name, kernel in HostileKernels.all do
                testCase name (fun () ->
                    for seed in 1..cases do
                        try
                            Require.isTrue (call seed kernel).IsIntact
                        with e ->
                            failtest $"arguments {seed}: {e}")
        ]
