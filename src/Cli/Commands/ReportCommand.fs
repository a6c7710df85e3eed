namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open Limen
open Limen.Core

/// `limen report`: a model on rows with known labels, as a page to look at.
[<RequireQualifiedAccess>]
module ReportCommand =

    let private model = Given.argument "MODEL" "folder of a saved model"

    let private out =
        Given.text "--out" "FILE.html" "the file to write (default: report.html)"

    let private against =
        Given.text "--against" "MODEL" "another saved model, which is measured on the same rows and compared"

    /// What a model is called: its folder, or the one around that where it is the `model` of a training.
    let private nameOf (folder: string) =
        let full = Path.TrimEndingDirectorySeparator(Path.GetFullPath folder)

        match Path.GetFileName full, Path.GetDirectoryName full with
        | "model", around when not (isNull around) -> $"{Path.GetFileName around}/model"
        | name, _ -> name

    let private changes: Change<ReportOptions> list =
        [
            against
            |> Change.text (Change.setting (fun (o: ReportOptions) other -> o.OtherName <- nameOf other))
            Given.text "--title" "TEXT" "the heading (default: the model's folder)"
            |> Change.text (Change.setting (fun (o: ReportOptions) title -> o.Title <- title))
            Given.whole
                "--examples"
                "N"
                "rows that are shown where the model loses, with their texts; 0 leaves all texts out (default: 40)"
            |> Change.number (Change.setting (fun (o: ReportOptions) examples -> o.Examples <- examples))
            Given.whole "--resamples" "N" "how often rows are weighed anew for the intervals; 0 for none (default: 200)"
            |> Change.number (Change.setting (fun (o: ReportOptions) resamples -> o.Resamples <- resamples))
            Given.whole "--seed" "N" "of the resamples (default: 1)"
            |> Change.number (Change.setting (fun (o: ReportOptions) seed -> o.Seed <- seed))
        ]

    let private options (given: ParseResult) (place: string) : ReportOptions =
        let name = nameOf place

        ReportOptions(Name = name, Title = $"Report of {name}")
        |> Change.apply changes given

    let private run (given: ParseResult) : int =
        let place = Source.onePlace "expected rows with known labels" given
        let file = Given.tryText out given |> Option.defaultValue "report.html"
        let folder = given.GetValue model
        let options = options given folder

        // before the rows are read, which may take long
        ReportOptions.faults options |> WrongValues.require

        Places.writableFile file
        let fitted = Places.load folder

        let other =
            Given.tryText against given
            |> Option.map (fun place -> place, Places.load place)

        let rows = Progress.during "reading" (fun () -> Source.rows "test" given place)
        ModelRows.requireRead place fitted rows.Rows

        other
        |> Option.iter (fun (path, model) -> ModelRows.requireRead $"{path} on {place}" model rows.Rows)

        ModelRows.tellUnknown fitted.Labels rows

        Progress.during "measuring" (fun () ->
            match other with
            | None -> Report.write options fitted rows file
            | Some(_, other) -> Report.compare options fitted other rows file)

        Terminal.print $"Written: {file}."
        0

    let command =
        ExampleCommand(
            "report",
            "Writes a page to look at: a saved model on rows with known labels, or two on the same rows.",
            [
                "limen report out/model --data data --out report.html"
                "limen report new/model --data data --against old/model --out comparison.html"
            ]
        )
            .With(
                [ model ],
                [ Source.data :> Option; Source.part; out ]
                @ Change.options changes
                @ Source.columns,
                run
            )
