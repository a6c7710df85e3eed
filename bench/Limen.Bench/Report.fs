namespace Limen.Bench

open System
open System.IO
open System.Text
open System.Text.Json
open System.Text.Json.Nodes
open Spectre.Console

/// A comparison that was made; ratio = peer / ours.
type Figure =
    {
        Name: string
        Ours: float
        Peer: float
        OursMb: float
        PeerMb: float
        Note: string
    }

    member f.Ratio = f.Peer / f.Ours

/// The table that a person reads and the file that a program reads.
[<RequireQualifiedAccess>]
module Report =

    let private row (f: Figure) : JsonNode =
        let o = JsonObject()
        o["name"] <- f.Name
        o["ours_seconds"] <- f.Ours
        o["peer_seconds"] <- f.Peer
        o["ratio"] <- Math.Round(f.Ratio, 2)
        o["ours_peak_mb"] <- Math.Round f.OursMb
        o["peer_peak_mb"] <- Math.Round f.PeerMb
        o["note"] <- f.Note
        o

    /// Writes { about, rows, skipped: [names and reasons] }.
    let write (path: string) (about: (string * JsonNode) list) (figures: Figure list) (skipped: string list) : unit =
        let document = JsonObject()
        about |> List.iter (fun (key, value) -> document[key] <- value)
        document["rows"] <- JsonArray(figures |> List.map row |> List.toArray)

        document["skipped"] <- JsonArray(skipped |> List.map (fun s -> JsonValue.Create s :> JsonNode) |> List.toArray)

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath path))
        |> ignore

        let options =
            JsonSerializerOptions(
                WriteIndented = true,
                Encoder = Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
            )

        File.WriteAllText(path, document.ToJsonString options + "\n")

    /// Up to six significant digits, no exponent for counts.
    let number (v: float) : string =
        if abs v >= 1e4 then $"{v:F0}" else $"{v:G6}"

    /// Seconds with three significant digits and their unit.
    let seconds (s: float) : string =
        match s with
        | s when s >= 100.0 -> $"{s:F0} s"
        | s when s >= 1.0 -> $"{s:F2} s"
        | s when s >= 0.1 -> $"{s * 1e3:F0} ms"
        | s when s >= 0.001 -> $"{s * 1e3:F2} ms"
        | s -> $"{s * 1e6:F0} us"

    let print (figures: Figure list) (skipped: string list) : unit =
        let table = Table().Border(TableBorder.Rounded)
        table.AddColumn "job" |> ignore

        for header in [ "ours"; "peer"; "ratio"; "our MB"; "peer's MB" ] do
            table.AddColumn(TableColumn(header).RightAligned()) |> ignore

        for f in figures do
            table.AddRow(f.Name, seconds f.Ours, seconds f.Peer, $"{f.Ratio:F1}", $"{f.OursMb:F0}", $"{f.PeerMb:F0}")
            |> ignore

        AnsiConsole.Write table

        for reason in skipped do
            AnsiConsole.MarkupLine $"[grey]skipped: {Markup.Escape reason}[/]"

        AnsiConsole.MarkupLine "[grey]ratio: the peer's time over ours.[/]"
