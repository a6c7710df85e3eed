/// Damaged inputs: those that once did harm, and seeded ones. `./build.sh fuzz --inputs N` tries more.
module Limen.Properties.FuzzProperties

open Expecto
open Limen.Fuzz

/// All targets together; `./build.sh proof` tries all of those that were promised.
let private inputs = if Cases.isProof then 1_000_000L else 20_000L

/// A test tries no more of them, so that none runs for minutes.
let private most = 20_000L

let private seed = 1

let private require (target: Target) (input: byte[]) (outcome: Outcome) =
    if outcome.IsFind then
        failtest $"{Corpus.keep target input}: {outcome}"

let private replayed (target: Target) =
    [
        for name, input in Corpus.inputs target do
            testCase name (fun () ->
                Trial.inFolder (fun folder -> Trial.within Trial.patience target folder input |> require target input))
    ]

let private tried (target: Target) =
    let all = Targets.count inputs Targets.all target

    [
        for first in 0L .. most .. all - 1L do
            let count = min most (all - first)

            testCase $"inputs {first} to {first + count - 1L}" (fun () ->
                let finds, accepted = Trial.finds Trial.patience seed target first count
                finds |> List.iter (fun (input, outcome) -> require target input outcome)
                // readers that refuse everything would pass too
                Require.above 0L accepted)
    ]

[<Tests>]
let tests =
    testList
        "Fuzz"
        [
            for target in Targets.all -> testList target.Name (replayed target @ tried target)
        ]
