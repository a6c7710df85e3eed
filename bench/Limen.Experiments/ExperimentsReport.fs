namespace Limen.Experiments

open System
open System.IO
open System.Text.Json
open System.Text.Json.Nodes

/// What the experiments have found so far: the file that an interrupted run goes on from.
[<ReferenceEquality>]
type ExperimentsReport =
    {
        /// Which build found it: nothing is carried over to another one.
        Build: string
        /// Jobs that are done, with their seconds.
        Jobs: (Job * float) list
        /// Statistics of each data set.
        Tasks: (string * (string * float) list) list
        Findings: Finding list
    }

[<RequireQualifiedAccess>]
module ExperimentsReport =

    /// A mark of the assemblies that run: the same code compiles to the same mark.
    let build: string =
        [ typeof<Limen.Core.Model>; typeof<Finding>; typeof<Limen.Kernels.CsrMatrix> ]
        |> List.map _.Module.ModuleVersionId.ToString("N")
        |> String.concat "-"

    let empty: ExperimentsReport =
        {
            Build = build
            Jobs = []
            Tasks = []
            Findings = []
        }

    let private path (output: string) = Path.Combine(output, "report.json")

    let private array (nodes: JsonNode seq) = JsonArray(Seq.toArray nodes)

    let private named (key: string) (name: string) (values: (string * float) list) : JsonNode =
        let o = JsonObject()
        o[key] <- name
        values |> List.iter (fun (key, value) -> o[key] <- value)
        o

    let private jobNode (job: Job, seconds: float) : JsonNode =
        let o = JsonObject()
        o["study"] <- job.Study
        o["task"] <- job.Task
        o["seed"] <- job.Seed
        o["seconds"] <- Math.Round(seconds, 1)
        o

    let private trendNode (t: Trend) : JsonNode =
        let o = JsonObject()
        o["gain"] <- t.Gain
        o["against"] <- t.Against
        o["data_sets"] <- t.Points.Length
        o["slope"] <- t.Slope
        o["spearman"] <- t.Spearman
        o["shuffled_as_far"] <- t.ShuffledAsFar

        o["points"] <-
            array (
                t.Points
                |> Seq.map (fun (task, x, y) -> named "task" task [ "imbalance", x; "gain", y ])
            )

        o

    /// Written beside its name and then renamed, so that the file is whole at any time.
    let write (output: string) (report: ExperimentsReport) : string =
        let document = JsonObject()
        document["build"] <- report.Build
        document["jobs"] <- array (report.Jobs |> Seq.map jobNode)

        document["tasks"] <- array (report.Tasks |> Seq.map (fun (name, values) -> named "task" name values))

        document["trends"] <- array (Trend.ofRules report.Tasks report.Findings |> Seq.map trendNode)
        document["findings"] <- array (report.Findings |> Seq.map Finding.toJson)
        Directory.CreateDirectory output |> ignore
        let unfinished = path output + ".unfinished"
        File.WriteAllText(unfinished, document.ToJsonString(JsonSerializerOptions(WriteIndented = true)) + "\n")
        File.Move(unfinished, path output, true)
        path output

    let private numbers (except: string list) (node: JsonNode) =
        [
            for pair in node.AsObject() do
                if not (List.contains pair.Key except) then
                    pair.Key, pair.Value.GetValue<float>()
        ]

    let private ofDocument (document: JsonNode) : ExperimentsReport =
        let text (key: string) (node: JsonNode) = node[key].GetValue<string>()

        {
            Build = text "build" document
            Jobs =
                [
                    for node in document["jobs"].AsArray() do
                        {
                            Study = text "study" node
                            Task = text "task" node
                            Seed = node["seed"].GetValue<int>()
                        },
                        node["seconds"].GetValue<float>()
                ]
            Tasks =
                [
                    for node in document["tasks"].AsArray() -> text "task" node, numbers [ "task" ] node
                ]
            Findings = [ for node in document["findings"].AsArray() -> Finding.ofJson node ]
        }

    /// What an earlier run of the same build left; nothing where there is none or it is another's.
    let resume (output: string) : ExperimentsReport =
        if not (File.Exists(path output)) then
            empty
        else
            try
                match File.ReadAllText(path output) |> JsonNode.Parse |> ofDocument with
                | found when found.Build = build -> found
                | _ -> empty
            with
            | :? JsonException
            | :? NullReferenceException
            | :? InvalidOperationException -> empty
