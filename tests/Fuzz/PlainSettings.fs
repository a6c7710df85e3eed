namespace Limen.Fuzz

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

/// Settings files, read slowly: what each setting says, and whether the file is one.
[<RequireQualifiedAccess>]
module PlainSettings =

    /// What a setting can say.
    type private Kind =
        | Text
        | Whole
        | Flag
        | Texts
        | Sets
        | Numbers

    let private kinds =
        dict
            [
                for name in
                    [
                        "objective"
                        "decision"
                        "calibration"
                        "decisionRows"
                        "network"
                        "vectoriser"
                        "features"
                    ] do
                    name, Text
                for name in [ "atLeast"; "atMost"; "candidates"; "seed" ] do
                    name, Whole
                for name in [ "averagedScores"; "boostedScores"; "labelNames" ] do
                    name, Flag
                for name in [ "only"; "without"; "signals"; "scorers"; "viewScorers"; "views" ] do
                    name, Texts
                "exclusive", Sets
                "thresholds", Numbers
            ]

    /// The names of all settings.
    let names: string list = List.ofSeq kinds.Keys

    let private refuse () = raise (FormatException())

    let private text (e: JsonElement) : string =
        if e.ValueKind <> JsonValueKind.String then
            refuse ()

        try
            e.GetString()
        with :? InvalidOperationException ->
            refuse () // half a character

    let private number (e: JsonElement) : string =
        if e.ValueKind <> JsonValueKind.Number then
            refuse ()

        match e.TryGetDouble() with
        | true, value when Double.IsFinite value -> value.ToString "R"
        | _ -> refuse ()

    let private whole (e: JsonElement) : string =
        if e.ValueKind <> JsonValueKind.Number then
            refuse ()

        match e.TryGetInt32() with
        | true, value -> string value
        | _ -> refuse ()

    let private items (item: JsonElement -> string) (e: JsonElement) : string =
        if e.ValueKind <> JsonValueKind.Array then
            refuse ()

        let said = e.EnumerateArray() |> Seq.map item |> List.ofSeq
        $"%A{said}"

    let private members (value: JsonElement -> string) (e: JsonElement) : (string * string) list =
        if e.ValueKind <> JsonValueKind.Object then
            refuse ()

        let named =
            [
                for p in e.EnumerateObject() ->
                    (try
                        p.Name
                     with :? InvalidOperationException ->
                         refuse ()),
                    value p.Value
            ]

        if (named |> List.distinctBy fst).Length < named.Length then
            refuse ()

        named

    let private said (name: string) (e: JsonElement) : string =
        match kinds[name] with
        | Text -> $"%A{text e}"
        | Whole -> whole e
        | Flag when e.ValueKind = JsonValueKind.True -> "true"
        | Flag when e.ValueKind = JsonValueKind.False -> "false"
        | Flag -> refuse ()
        | Texts -> items (text >> sprintf "%A") e
        | Sets -> items (items (text >> sprintf "%A")) e
        | Numbers -> members number e |> List.sortBy fst |> sprintf "%A"

    let private all (input: byte[]) : Map<string, string> =
        let text = UTF8Encoding(false, true).GetString input

        use document =
            JsonDocument.Parse(
                text.TrimStart '\uFEFF',
                JsonDocumentOptions(CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)
            )

        let spelled (name: string) =
            names
            |> List.tryFind (fun known -> known.Equals(name, StringComparison.OrdinalIgnoreCase))
            |> Option.defaultWith refuse

        let settings =
            document.RootElement |> members (fun _ -> "") |> List.map (fst >> spelled)

        if (List.distinct settings).Length < settings.Length then
            refuse ()

        Map
            [
                for p in document.RootElement.EnumerateObject() do
                    if p.Value.ValueKind <> JsonValueKind.Null then
                        spelled p.Name, said (spelled p.Name) p.Value
            ]

    /// What the file says, by the names of the settings; None for a file that is none.
    let read (input: byte[]) : Map<string, string> option =
        try
            Some(all input)
        with
        | :? FormatException
        | :? JsonException
        | :? DecoderFallbackException
        | :? KeyNotFoundException -> None
