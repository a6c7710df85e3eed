// Score lists of a data set's validation rows, by linear models on the beginnings and ends of texts beside the strong preset's scorers; with --label-names they learn from the labels' names too, and one list
// more, "names", says how much of each stands in the text. Scorers learn from the training rows alone, and test rows are not read. What a view is worth is then asked of the lists, after ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/beginnings.fsx eurlex57k OUT [--label-names]
//   dotnet fsi bench/studies/boosted-lists.fsx OUT "network,words,pairs,first 120"
#load "limen.fsx"
#load "lists.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core
open Lists

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

let asTerms (words: string seq) : string seq =
    words
    |> Seq.map _.ToLowerInvariant()
    |> Seq.filter (fun word -> word.Length > 1 && Char.IsLetterOrDigit word[0])

/// The last words of a text.
let ending (text: string) : string seq =
    let words = text.Split([| ' '; '\n' |], StringSplitOptions.RemoveEmptyEntries)
    asTerms words[max 0 (words.Length - 120) ..]

/// The words of a text without what is written beside them.
let words (text: string) : string seq =
    text.Split(" \n,.;()/:-'\"".ToCharArray(), StringSplitOptions.RemoveEmptyEntries)
    |> asTerms

let first words =
    $"first {words}", VectoriserOptions(FirstWords = Nullable words, LongestTerm = Nullable 2)

let views =
    [
        "pairs", VectoriserOptions(LongestTerm = Nullable 2)
        first 30
        first 60
        first 120
        first 240
        "characters 120", VectoriserOptions(Tokens = Tokens.Characters(3, 5), FirstWords = Nullable 120)
        "first letters",
        VectoriserOptions(
            Tokens = Tokens.Of(words >> Seq.map (fun word -> word[.. min 5 (word.Length - 1)])),
            LongestTerm = Nullable 1
        )
        "last 120", VectoriserOptions(Tokens = Tokens.Of ending, LongestTerm = Nullable 2)
    ]

let study name folder labelReading =
    let rows = (Folder.read Folder.defaults (Path.Combine(data, name))).Rows

    let labels, input, parts =
        Pipeline.prepare
            (VectoriserOptions(LongestTerm = Nullable 1) :: List.map snd views)
            FeatureKind.Automatic
            { rows with Test = None }

    let linear = Linear.scorer LinearOptions.standard

    let options =
        { Presets.strong Objective.MicroF1 with
            Scorers = [ Perceptron.scorer (PerceptronOptions()); linear ]
            ViewScorers = [ linear ]
            Labels = labelReading
            DecisionRows = Some DecisionRows.ValidationOnly
        }

    Model.fit options labels input parts.Train parts.Validation ignore CancellationToken.None
    |> writeLists
        folder
        [
            yield! "network" :: "words" :: List.map fst views
            if labelReading = LabelReading.Name then
                "names"
        ]
        parts.Train
        parts.Validation.Value

match List.tail (List.ofArray fsi.CommandLineArgs) with
| [ name; folder ] -> study name folder LabelReading.Identifier
| [ name; folder; "--label-names" ] -> study name folder LabelReading.Name
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/beginnings.fsx NAME OUT [--label-names]"
    exit 2
