/// Damaged inputs: those that once did harm, and seeded ones. `./build.sh fuzz --inputs N` tries more.
module Limen.Properties.FuzzProperties

open System.Diagnostics
open System.IO
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

/// A culture that writes numbers, or upper case, otherwise: in a process of its own, for this one knows the invariant culture alone.
let private inCulture (name: string) =
    TemporaryFolder.using (fun folder ->
        let built = Path.ChangeExtension(typeof<Target>.Assembly.Location, null)
        let settings = Path.Combine(folder, "all-cultures.json")

        let text =
            (File.ReadAllText(built + ".runtimeconfig.json"))
                .Replace("\"System.Globalization.Invariant\": true", "\"System.Globalization.Invariant\": false")

        Require.contains "\"System.Globalization.Invariant\": false" text
        File.WriteAllText(settings, text)

        let start =
            ProcessStartInfo("dotnet", RedirectStandardOutput = true, RedirectStandardError = true)

        for argument in
            [
                "exec"
                "--runtimeconfig"
                settings
                built + ".dll"
                "--culture"
                name
                "--inputs"
                "1000"
            ] do
            start.ArgumentList.Add argument

        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] <- "0"
        use running = Process.Start start
        let errors = running.StandardError.ReadToEndAsync()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()

        if errors.Result.Contains "ICU" then
            skiptest "there is no ICU library here"

        if running.ExitCode <> 0 then
            failtest $"{output}{errors.Result}")

[<Tests>]
let tests =
    testList
        "Fuzz"
        [
            for target in Targets.all do
                testList target.Name (replayed target @ tried target)

            testTheory "cultures change nothing" [ "de-DE"; "tr-TR"; "ar-SA" ] inCulture
        ]
