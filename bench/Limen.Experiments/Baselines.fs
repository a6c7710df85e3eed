namespace Limen.Experiments

open System
open System.ComponentModel
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open Limen.Core

/// A baseline that has no result, and why.
type NotRun = { Name: string; Reason: string }

/// What scikit-learn's baselines say of the test rows of a data set.
[<NoEquality; NoComparison>]
type Baselines =
    {
        /// A mark of the scripts and of the data.
        Key: string
        Contenders: Contender list
        NotRun: NotRun list
    }

/// The scripts of bench/peers/baselines, and what they leave.
[<RequireQualifiedAccess>]
module Baselines =

    /// Debian's, where scikit-learn is.
    let private python = "/usr/bin/python3"

    /// Scripts stand in the repository, programs in bin/Release/net10.0 of their project.
    let private script (name: string) =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../peers/baselines", name))

    let private exitCode (arguments: string list) : int =
        use running = Process.Start(ProcessStartInfo(python, arguments))
        running.WaitForExit()
        running.ExitCode

    /// Whether Debian's Python with scikit-learn is there.
    let areThere () : bool =
        try
            exitCode [ "-c"; "import importlib.util as u; exit(u.find_spec('sklearn') is None)" ] = 0
        with :? Win32Exception ->
            false

    let private require (name: string) (arguments: string list) : unit =
        if exitCode (script name :: arguments) <> 0 then
            invalidOp $"{name} failed"

    /// Makes a derived data set of one in the data directory.
    let derive (data: string) (name: string) (output: string) : unit =
        require "derived.py" [ data; name; output ]

    let private setsOf (labels: int) (rows: int[] seq) : LabelSets =
        rows |> Seq.toArray |> Csr.ofSets labels |> LabelSets

    let private ints (node: JsonNode) : int[] =
        [| for item in node.AsArray() -> item.GetValue<int>() |]

    /// The scripts' own measures of what they say must be ours: else the rows or the labels are not the same.
    let private agreeing (truth: LabelSets) (expected: JsonNode) (c: Contender) : Contender =
        for name, value in Contender.evidence truth c |> Metric.evaluate Contender.metrics do
            let theirs = expected[name].GetValue<float>()

            if not (abs (value - theirs) <= 1e-6) then
                raise (InvalidDataException $"{c.Name}: expected {name} {theirs}, received {value}")

        c

    let private contenders (truth: LabelSets) (name: string) (result: JsonNode) : Contender list =
        let labels = truth.Matrix.Columns

        [
            for decision in result["decisions"].AsObject() do
                let expected = decision.Value.DeepClone()
                expected["p_at_1"] <- result["p_at_1"].DeepClone()

                {
                    Name = $"{name}, {decision.Key}"
                    Sets = decision.Value["sets"].AsArray() |> Seq.map ints |> setsOf labels
                    Top = ints result["top"] |> Seq.map Array.singleton |> setsOf labels
                    Seconds = result["seconds"].GetValue<float>()
                }
                |> agreeing truth expected
        ]

    /// Reads what the scripts left in a folder. truth: the test rows' label sets [N, L], which the results are held to. Throws
    /// InvalidDataException where the measures that a script took are not those of its label sets.
    let read (truth: LabelSets) (results: string) : Baselines =
        let found =
            Directory.GetFiles(results, "*.json")
            |> Array.sort
            |> Array.map (File.ReadAllText >> JsonNode.Parse)
            |> Array.toList

        let text (key: string) (node: JsonNode) = node[key].GetValue<string>()

        {
            Key = found |> List.map (text "key") |> List.distinct |> List.exactlyOne
            Contenders =
                found
                |> List.filter (fun node -> isNull node["not_run"])
                |> List.collect (fun node -> contenders truth (text "baseline" node) node)
            NotRun =
                found
                |> List.filter (fun node -> not (isNull node["not_run"]))
                |> List.map (fun node ->
                    {
                        Name = text "baseline" node
                        Reason = text "not_run" node
                    })
        }

    /// Runs what has no result yet for a data folder.
    let run (folder: string) (results: string) : unit =
        require "baselines.py" [ folder; results ]
