namespace Limen.Core.Reporting

open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Unicode
open Limen.Core

/// What a column of the table of labels holds.
[<RequireQualifiedAccess>]
type internal Cells =
    | Texts of string[]
    /// To so many decimals; NaN is no value.
    | Numbers of decimals: int * float[]

/// A column of the table of labels.
type internal LabelColumn =
    {
        Title: string
        /// In words.
        About: string
        /// Whether a narrow screen leaves it out.
        IsWide: bool
        Cells: Cells
    }

/// The table of labels, which the page's script shows a window of: as data, not as HTML, so that 41,218 labels are no matter.
[<RequireQualifiedAccess>]
module internal LabelColumns =

    let private numbers isWide title about decimals values : LabelColumn =
        {
            Title = title
            About = about
            IsWide = isWide
            Cells = Cells.Numbers(decimals, values)
        }

    let private ofCounts (m: Measured) (read: Confusion -> float) : float[] = m.Counts |> Array.map read

    let private measured (m: Measured) : LabelColumn list =
        [
            {
                Title = "label"
                About = "its name"
                IsWide = false
                Cells = Cells.Texts(Seq.toArray m.Labels.Names)
            }
            numbers false "support" "training rows with the label" 2 m.Support
            numbers true "threshold" "the rule's, in log-odds" 3 m.Thresholds
            numbers true "rows" "measured rows with the label" 2 (ofCounts m (fun c -> c.TP + c.FN))
            numbers true "missed" "rows with the label that it was not predicted for" 2 (ofCounts m _.FN)
            numbers true "wrong" "rows without the label that it was predicted for" 2 (ofCounts m _.FP)
            numbers
                true
                "precision"
                "of the rows given it, how many have it; 0/0 = 0"
                3
                (ofCounts m (Ratio.precision AsZero))
            numbers
                true
                "recall"
                "of the rows with it, how many were given it; 0/0 = 0"
                3
                (ofCounts m (Ratio.recall AsZero))
            numbers false "F1" "0/0 = 0" 3 (ofCounts m (Ratio.f1 AsZero))
        ]

    let private compared (first: Measured) (second: Measured) : LabelColumn list =
        let ours, theirs =
            ofCounts first (Ratio.f1 AsZero), ofCounts second (Ratio.f1 AsZero)

        [
            numbers true "F1, other" "of the other model" 3 theirs
            numbers false "gain" "F1 less that of the other model" 3 (Array.map2 (-) ours theirs)
        ]

    let all (m: Measured) (against: Measured option) : LabelColumn list =
        measured m @ (against |> Option.map (compared m) |> Option.defaultValue [])

    // it escapes <, >, & and quotes, so that nothing in a name ends a script
    let private encoder = JavaScriptEncoder.Create UnicodeRanges.All

    let private writeCells (writer: Utf8JsonWriter) (cells: Cells) =
        writer.WriteStartArray "values"

        match cells with
        | Cells.Texts texts -> texts |> Array.iter writer.WriteStringValue
        | Cells.Numbers(decimals, values) ->
            for v in values do
                if System.Double.IsFinite v then
                    writer.WriteNumberValue(System.Math.Round(v, decimals))
                else
                    writer.WriteNullValue()

        writer.WriteEndArray()

    /// As the script of the page reads it.
    let json (columns: LabelColumn list) : string =
        use buffer = new MemoryStream()

        using (new Utf8JsonWriter(buffer, JsonWriterOptions(Encoder = encoder))) (fun writer ->
            writer.WriteStartArray()

            for c in columns do
                writer.WriteStartObject()
                writer.WriteString("title", c.Title)
                writer.WriteString("about", c.About)
                writer.WriteBoolean("wide", c.IsWide)

                match c.Cells with
                | Cells.Numbers(decimals, _) -> writer.WriteNumber("decimals", decimals)
                | Cells.Texts _ -> ()

                writeCells writer c.Cells
                writer.WriteEndObject()

            writer.WriteEndArray())

        System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, int buffer.Length)
