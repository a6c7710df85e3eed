namespace Limen.Browser

open System
open System.Collections.Generic
open System.IO
open Limen
open Limen.Core

/// A small problem of texts that can be learned, with names and texts that would break a page which does not escape them.
[<RequireQualifiedAccess>]
module Problems =

    let private subjects =
        [|
            "file"
            "stream"
            "socket"
            "a label with a long name, as subject headings have them"
            "</script><script>window.broken = 1</script>"
            "<img src=x onerror=\"window.broken = 2\">"
            "key & value"
            "größe \"in\" 'Zeichen'"
            "<b>bold</b>"
            "type"
        |]

    let private verbs = [| "opens"; "closes"; "reads"; "writes"; "parses" |]

    let rows (count: int) (seed: int) : MultiLabelDataset =
        let random = Random seed

        let row _ =
            let labels =
                Array.init (1 + random.Next 3) (fun _ ->
                    min (random.Next subjects.Length) (random.Next(subjects.Length + 2)))
                |> Array.distinct

            let words =
                labels
                |> Array.map (fun l -> $"{verbs[random.Next verbs.Length]} the word{l} of part{l}x{random.Next 2}")
                |> String.concat " and "

            let text =
                $"{words} noise{random.Next 20} </script><script>window.broken = 3</script> & <i>so on</i>"

            struct (text, labels |> Array.map (fun l -> subjects[l]) :> IReadOnlyList<string>)

        MultiLabelDataset.FromTexts(Array.init count row)

    let private fit (epochs: int) =
        let perceptron =
            PerceptronOptions(
                HiddenLayers = [| 12 |],
                Dropout = 0.1,
                Epochs = epochs,
                BatchSize = 16,
                LearningRate = 0.01,
                Patience = 3
            )

        AdaptiveThresholdModel
            .Builder()
            .WithSignals(Signals.Idf(), Signals.FeatureKnn 5)
            .WithScorers(Scorers.Perceptron perceptron)
            .WithVectoriser(VectoriserOptions(LongestTerm = 2, MinDocumentFrequency = 2))
            .WithValidationOnly()
            .Fit(rows 240 1, rows 80 2)

    let model = lazy fit 6

    /// Another, which has learned less.
    let weaker = lazy fit 1

    let test = rows 120 3

    let options () =
        ReportOptions(Title = "Report of <b>a model</b>", Resamples = 50)

    let private written (write: string -> unit) =
        lazy
            (let path =
                Path.Combine(Directory.CreateTempSubdirectory("limen-").FullName, "report.html")

             write path
             path)

    let report =
        written (fun path -> Reports.Write(model.Value, test, path, options ()))

    let comparison =
        written (fun path ->
            let named = options ()
            named.Name <- "<i>six</i> epochs"
            named.OtherName <- "one epoch"
            Reports.Compare(model.Value, weaker.Value, test, path, named))

    /// Of more labels than the window of their table shows at once.
    let many =
        written (fun path ->
            let rows =
                Array.init 400 (fun i ->
                    struct ($"about word{i % 80}", [| $"label{i % 80}" |] :> IReadOnlyList<string>))
                |> MultiLabelDataset.FromTexts

            let model =
                AdaptiveThresholdModel
                    .Builder()
                    .WithScorers(Scorers.Linear())
                    .WithVectoriser(VectoriserOptions(LongestTerm = 1, MinDocumentFrequency = 1))
                    .WithValidationOnly()
                    .Fit(rows, rows)

            Reports.Write(model, rows, path, options ()))

    /// Removes what was written.
    let clean () : unit =
        for file in [ report; comparison; many ] do
            if file.IsValueCreated then
                Directory.Delete(Path.GetDirectoryName file.Value, true)
