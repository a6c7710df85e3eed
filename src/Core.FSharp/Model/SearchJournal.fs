namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open System.Text.Json.Nodes
open Limen

/// The trials of a search that are done, a JSON line each, after a line that says what was searched: a search that ended early goes on from there.
[<RequireQualifiedAccess>]
module SearchJournal =

    let private keyOf (values: (string * string) list) (share: float) =
        String.Join("\n", [ yield share.ToString("R"); for name, value in values -> $"{name}={value}" ])

    let private ofTrial (t: Trial) : string =
        let o = JsonObject()
        o["trial"] <- t.Number
        let values = JsonObject()
        t.Values |> Seq.iter (fun struct (name, value) -> values[name] <- value)
        o["values"] <- values
        o["share"] <- t.Share
        o["macro_f1_c"] <- t.MacroF1
        o["micro_f1"] <- t.MicroF1
        o["seconds"] <- t.Seconds
        o.ToJsonString()

    let private toTrial (node: JsonNode) : Trial =
        {
            Number = node["trial"].GetValue<int>()
            Values =
                [|
                    for entry in node["values"].AsObject() -> struct (entry.Key, entry.Value.GetValue<string>())
                |]
            Share = node["share"].GetValue<float>()
            MacroF1 = node["macro_f1_c"].GetValue<float>()
            MicroF1 = node["micro_f1"].GetValue<float>()
            Seconds = node["seconds"].GetValue<float>()
        }

    let private head (identity: string) =
        let o = JsonObject()
        o["search"] <- identity
        o.ToJsonString()

    /// None for a line that is no trial.
    let private tryTrial (line: string) : Trial option =
        try
            Some(toTrial (JsonNode.Parse line))
        with
        | :? JsonException
        | :? NullReferenceException
        | :? InvalidOperationException
        | :? FormatException -> None

    /// The last line of a file may have been cut off while it was written; any other that is no trial is a fault.
    let private trials (path: string) (lines: string[]) : Trial list =
        let last = lines.Length - 1

        [
            for i in 1..last do
                match tryTrial lines[i] with
                | Some trial -> trial
                | None when lines[i] = "" || i = last -> ()
                | None -> Lines.fail path (i + 1) 1 "a trial of a search" "something else"
        ]

    /// The trials in a file, which begins one where there is none. Throws ConfigurationException where the file is of another search, or is none of a search.
    let start (identity: string) (path: string) : Trial list =
        if not (File.Exists path) then
            File.WriteAllText(path, head identity + "\n")
            []
        else
            match File.ReadAllText(path).Split '\n' with
            | lines when lines[0] = head identity ->
                let trials = trials path lines

                // what was cut off goes, so that the next line begins on a line of its own
                File.WriteAllLines(path, head identity :: List.map ofTrial trials)
                trials
            | _ ->
                raise (
                    ConfigurationException
                        [
                            $"{path}: expected the journal of this search, found that of other rows, settings, folds or seed, or another file"
                        ]
                )

    /// Adds a trial.
    let add (path: string) (trial: Trial) : unit =
        File.AppendAllText(path, ofTrial trial + "\n")

    /// The trials by what tells them apart: values and share.
    let byValues (trials: Trial list) : IReadOnlyDictionary<string, Trial> =
        let found = Dictionary<string, Trial>(StringComparer.Ordinal)

        trials
        |> List.iter (fun t -> found[keyOf [ for struct (name, value) in t.Values -> name, value ] t.Share] <- t)

        found

    /// The trial of these values on this share of the rows, where it is done.
    let tryFind
        (values: (string * string) list)
        (share: float)
        (finished: IReadOnlyDictionary<string, Trial>)
        : Trial option =
        match finished.TryGetValue(keyOf values share) with
        | true, trial -> Some trial
        | _ -> None
