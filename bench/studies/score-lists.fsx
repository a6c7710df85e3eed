// Score lists of a data set's validation rows for bench/studies/fusion.py: scorers of several views learn from the training rows alone. Test rows are not read.
// After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/score-lists.fsx eurlex57k OUT
#load "limen.fsx"
#load "lists.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core
open Lists

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

/// The first words of a text: its title and what follows.
let beginning (text: string) : string seq =
    text.Split([| ' '; '\n' |], 60, StringSplitOptions.RemoveEmptyEntries)
    |> Seq.truncate 30
    |> Seq.map _.ToLowerInvariant()
    |> Seq.filter (fun word -> word.Length > 1 && Char.IsLetter word[0])

let views =
    [
        VectoriserOptions(LongestTerm = Nullable 1)
        VectoriserOptions(LongestTerm = Nullable 2)
        VectoriserOptions(Tokens = Tokens.Of beginning)
    ]

let network seed =
    Perceptron.scorer (PerceptronOptions(Seed = Nullable seed))

let linear = Linear.scorer LinearOptions.standard

let options =
    { Presets.strong Objective.MicroF1 with
        Scorers = [ network 1; network 2; linear ]
        ViewScorers = [ linear; network 3 ]
        DecisionRows = Some DecisionRows.ValidationOnly
    }

let names =
    [ "network 1"; "network 2"; "linear" ]
    @ [ "pairs: linear"; "pairs: network"; "beginning: linear"; "beginning: network" ]

match List.tail (List.ofArray fsi.CommandLineArgs) with
| [ name; folder ] ->
    let clock = Stopwatch.StartNew()
    let rows = (Folder.read Folder.defaults (Path.Combine(data, name))).Rows

    let labels, input, parts =
        Pipeline.prepare views FeatureKind.Automatic { rows with Test = None }

    let validation = Option.get parts.Validation

    let model =
        Model.fit options labels input parts.Train (Some validation) ignore CancellationToken.None

    writeLists folder names parts.Train validation model
    printfn $"{clock.Elapsed.TotalSeconds:F0} s"
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/score-lists.fsx NAME OUT"
    exit 2
