namespace Limen.Cli

open System
open System.Collections.Generic
open System.CommandLine
open System.IO
open System.Text.Json.Nodes
open Limen
open Limen.Core

/// `limen search`: settings tried by cross-validation on the training rows.
[<RequireQualifiedAccess>]
module SearchCommand =

    let private out =
        Given.text
            "--out"
            "DIR"
            "folder for search.jsonl (the journal: the same command goes on from there), trials.csv and settings.json, the best of them"

    let private trials =
        Given.whole "--trials" "N" "how many settings are drawn (default: 20)"
        |> Given.within $"1 to {Limits.passes}" (fun n -> n >= 1 && n <= Limits.passes)

    let private keep =
        Given.whole
            "--keep"
            "N"
            "successive halving: all trials on a share of the rows, the best of them, one in N, on N times as many, and so on (default: all trials on all rows)"
        |> Given.atLeast 2

    let private folds =
        Given.whole "--folds" "N" "folds of the cross-validation (default: 3)"
        |> Given.within $"2 to {Limits.parts}" (fun n -> n >= 2 && n <= Limits.parts)

    let private vary =
        Given.texts
            "--vary"
            "SETTING=A|B"
            "values of a setting, by its name in a settings file; may be repeated (default: objective, signals, candidates, and what networks and texts have)"

    let private searchSeed =
        Given.whole "--search-seed" "N" "of draws and folds (default: 1)"

    let private asJson = Given.flag "--json" "the trials as JSON objects, one a line"

    let private range (written: string) : KeyValuePair<string, IReadOnlyList<string>> =
        match written.IndexOf '=' with
        | at when at > 0 ->
            let values =
                written[at + 1 ..].Split('|', StringSplitOptions.TrimEntries ||| StringSplitOptions.RemoveEmptyEntries)

            if values.Length = 0 then
                raise (Usage $"--vary: expected SETTING=VALUE|VALUE, received no value in \"{written}\"")

            KeyValuePair(written[.. at - 1].Trim(), values :> IReadOnlyList<string>)
        | _ -> raise (Usage $"--vary: expected SETTING=VALUE|VALUE, received \"{written}\"")

    let private ranges (given: ParseResult) : IReadOnlyDictionary<string, IReadOnlyList<string>> =
        match Given.all vary given |> List.map range with
        | [] -> null
        | ranges ->
            match ranges |> List.countBy _.Key |> List.tryFind (fun (_, count) -> count > 1) with
            | Some(name, _) -> raise (Usage $"--vary: expected {name} once")
            | None -> Dictionary ranges

    let private plan (given: ParseResult) : SearchOptions =
        let trials = Given.tryNumber trials given |> Option.defaultValue 20

        {
            Plan =
                match Given.tryNumber keep given with
                | Some keep -> SearchPlan.Halving(trials, keep)
                | None -> SearchPlan.Random trials
            Folds = Given.tryNumber folds given |> Option.defaultValue SearchOptions.defaults.Folds
            Seed = Given.tryNumber searchSeed given |> Option.defaultValue 1 |> Seed.ofInt
        }

    let private columns (found: Trial list) =
        found.Head.Values |> Seq.map (fun struct (name, _) -> name) |> List.ofSeq

    let private values (t: Trial) =
        t.Values |> Seq.map (fun struct (_, value) -> value) |> List.ofSeq

    let private onFront (found: Trial list) : Trial -> bool =
        let front = Search.front found |> List.map (fun t -> t.Number, t.Share) |> HashSet
        fun t -> front.Contains((t.Number, t.Share))

    let private node (front: bool) (t: Trial) : JsonNode =
        let o = JsonObject()
        o["trial"] <- t.Number
        t.Values |> Seq.iter (fun struct (name, value) -> o[name] <- value)
        o["share"] <- t.Share
        o["macro_f1_c"] <- t.MacroF1
        o["micro_f1"] <- t.MicroF1
        o["seconds"] <- t.Seconds
        o["front"] <- front
        o

    let private print (found: Trial list) =
        let front = onFront found

        let table =
            Terminal.table (
                [ "trial" ]
                @ columns found
                @ [ "rows"; "macro-F1 C"; "micro-F1"; "seconds"; "" ]
            )

        for t in found |> List.sortBy (fun t -> -t.Share, -t.Mean) do
            table
            |> Terminal.addRow (
                [ string t.Number ]
                @ values t
                @ [
                    $"{100.0 * t.Share:F0} %%"
                    $"{t.MacroF1:F3}"
                    $"{t.MicroF1:F3}"
                    $"{t.Seconds:F1}"
                    (if front t then "front" else "")
                ]
            )

        Terminal.output.Value.Write table
        Terminal.print "front: no other trial on as many rows is better in both; means over folds of the training rows."

    let private csv (found: Trial list) : string list =
        let front = onFront found

        [
            CsvLine.ofValues (
                [ "trial" ]
                @ columns found
                @ [ "share"; "macro_f1_c"; "micro_f1"; "seconds"; "front" ]
                |> Seq.cast<obj>
            )
            for t in found do
                CsvLine.ofValues
                    [
                        t.Number :> obj
                        yield! values t |> Seq.cast<obj>
                        t.Share
                        t.MacroF1
                        t.MicroF1
                        t.Seconds
                        front t
                    ]
        ]

    let private search (given: ParseResult) (output: string) : int =
        let places = Source.places given
        let settings = SettingOptions.read given
        let ranges = ranges given

        if not (isNull ranges) then
            WrongValues.ofSettings (fun () -> settings.RequireRanges ranges)

        places |> List.iter Places.requireExists
        Places.writableFolder output
        let journal = Path.Combine(output, "search.jsonl")

        let cancellation =
            Interrupt.token
                {
                    Question = "Stop the search?"
                    Kept = $"Finished trials are in {journal}, the same command goes on."
                }

        let rows =
            Progress.during "reading" (fun () ->
                Cancellation.within cancellation (fun () -> (Source.read given places).Rows.Train))

        let found =
            Progress.run "search" (fun report ->
                settings.SearchRows(plan given, ranges, rows, journal, report, cancellation)
                |> List.ofSeq)

        File.WriteAllLines(Path.Combine(output, "trials.csv"), csv found)
        let best = Path.Combine(output, "settings.json")
        settings.With(Search.best found).Save best

        if Given.is asJson given then
            let front = onFront found
            found |> List.iter (fun t -> node (front t) t |> Shown.json |> Terminal.print)
        else
            print found

        Terminal.note
            $"""Written: {Path.Combine(output, "trials.csv")}, {journal} and {best}. Train with: limen train {String.Join(' ', places)} --settings {best} --out MODEL"""

        0

    let private run (given: ParseResult) : int =
        let output =
            match Given.tryText out given with
            | Some folder -> folder
            | None -> raise (Usage "expected a folder for trials and the best settings: --out DIR")

        try
            search given output
        with :? OperationCanceledException ->
            Terminal.note $"Stopped. Finished trials are in {output}: the same command goes on."
            Faults.interrupted

    let command =
        ExampleCommand(
            "search",
            "Tries settings by cross-validation on the training rows: drawn at random, or by successive halving. It goes on where it was interrupted.",
            [
                "limen search data --out searched --trials 30"
                "limen search data --out searched --trials 81 --keep 3"
                "limen search data --out searched --scorer linear --vary \"objective=macroF1|microF1\" --vary \"vectoriser.minDocumentFrequency=1|2|5\""
                "limen train data --settings searched/settings.json --out out"
            ]
        )
            .With(
                [ Source.argument ],
                [
                    Source.data :> Option
                    out
                    trials
                    keep
                    folds
                    vary
                    searchSeed
                    asJson
                    SettingOptions.settings
                ]
                @ Source.columns
                @ Change.options (SettingOptions.decision @ SettingOptions.model),
                run
            )
