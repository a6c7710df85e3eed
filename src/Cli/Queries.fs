namespace Limen.Cli

open System
open System.CommandLine
open System.Globalization
open System.IO
open System.Text.Json
open Limen.Core
open Limen.Kernels

/// Rows without labels to be predicted or explained: words of the command line, a file, or standard input; texts or features, as the model reads them.
[<RequireQualifiedAccess>]
module Queries =

    /// So many rows are predicted together.
    let private block = 1_000

    /// How rows can be given.
    let ways =
        "a text, --data FILE, or rows on standard input (limen predict --model MODEL < rows.txt)"

    /// Whether a model reads texts.
    let readsTexts (model: Model) : bool =
        not (InputSpace.vectorisers model.Input).IsEmpty

    let private wrongRow place expected found : exn =
        DataFormatException(place, expected, found) :> exn

    /// "0:0.25 8:1.5" as a row of D features.
    let private featuresOf (dimension: int) (place: Place) (line: string) : struct (int * float32)[] =
        let feature (word: string) =
            let number (text: string) =
                Single.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture)

            match word.Split ':' with
            | [| id; value |] ->
                match Int32.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture), number value with
                | (true, id), (true, value) when id < dimension && Single.IsFinite value -> struct (id, value)
                | (true, id), (true, _) when id >= dimension ->
                    raise (wrongRow place $"features from 0 to {dimension - 1}, as the model was trained on" $"{id}")
                | _ -> raise (wrongRow place "ID:VALUE" $"\"{word}\"")
            | _ ->
                raise (
                    wrongRow
                        place
                        "a row of features, ID:VALUE ID:VALUE ..., for the model was trained on features and reads no texts"
                        $"\"{word}\""
                )

        let row =
            line.Split(Array.empty<char>, StringSplitOptions.RemoveEmptyEntries)
            |> Array.map feature
            |> Array.sortBy (fun struct (id, _) -> id)

        row
        |> Array.pairwise
        |> Array.iter (fun (struct (a, _), struct (b, _)) ->
            if a = b then
                raise (wrongRow place "each feature once" $"feature {a} twice"))

        row

    /// D, the number of features that rows of a model come with.
    let rec private dimension (input: InputSpace) : int =
        match input with
        | TermCounts weights -> weights.Idf.Length
        | Measurements(imputer, _) -> imputer.Medians.Length
        | Features dimension -> dimension
        | Known(choice, _) -> choice.Of
        | Views _
        | Texts _ -> 0

    /// A line that is a JSON object is its "text"; every other line is a text itself.
    let private textOf (place: Place) (line: string) : string =
        let json =
            if line.TrimStart().StartsWith '{' then
                try
                    use document = JsonDocument.Parse line

                    match document.RootElement.TryGetProperty "text" with
                    | true, text when text.ValueKind = JsonValueKind.String -> Some(text.GetString())
                    | _ -> raise (wrongRow place "a field \"text\" with a string" "none")
                with :? JsonException ->
                    None
            else
                None

        json |> Option.defaultValue line

    let private ofLines (file: string) (model: Model) (first: int) (lines: string[]) : Rows =
        let at f i line =
            f
                {
                    File = file
                    Line = first + i
                    Column = 1
                }
                line

        if readsTexts model then
            Rows.Texts(lines |> Array.mapi (at textOf))
        else
            let d = dimension model.Input
            lines |> Array.mapi (at (featuresOf d)) |> Csr.ofRows d |> Rows.Features

    let private blocksOf (file: string) (model: Model) (lines: string seq) : Rows seq =
        lines
        |> Seq.chunkBySize block
        |> Seq.mapi (fun i lines -> ofLines file model (i * block + 1) lines)

    /// Line by line, as far as it is read. Throws InvalidDataException at bytes that are no text.
    let private linesOf (place: string) (bytes: unit -> Stream) : string seq =
        seq {
            use reader = new StreamReader(bytes (), Text.UTF8Encoding(false, true))

            let next () =
                try
                    reader.ReadLine()
                with :? Text.DecoderFallbackException ->
                    raise (InvalidDataException $"{place}: expected text in UTF-8, found bytes that are none")

            yield! Seq.initInfinite (fun _ -> next ()) |> Seq.takeWhile (isNull >> not)
        }

    let private standardInput (model: Model) : Rows seq =
        linesOf "standard input" Console.OpenStandardInput
        |> blocksOf "standard input" model

    let private ofRows (rows: Rows) : Rows seq =
        seq { 0..block .. rows.Count - 1 }
        |> Seq.map (fun first -> Rows.selectRows [| first .. min rows.Count (first + block) - 1 |] rows)

    /// Whether a file is of a format with columns or labels of its own; else its lines are texts, JSON objects with a text, or features.
    let private isFormatted (given: ParseResult) (path: string) : bool =
        let ending = (Path.GetExtension path).ToLowerInvariant()

        (Given.tryText Source.format given).IsSome
        || (match InputFormats.detect InputFormats.all path with
            | Some(entry, _) when ending = ".txt" || ending = ".jsonl" ->
                not (List.contains entry.Format.Name [ "jsonl"; "csv" ])
                && entry.Format.Looks(Lines.first path)
            | Some(entry, _) -> List.exists ((=) ending) (entry.Format.Endings @ Lines.packings)
            | None -> false)

    /// A file of a format that the library reads gives its rows; any other is read line by line.
    let private ofFile (given: ParseResult) (path: string) (model: Model) : Rows seq =
        Places.requireExists path

        if Directory.Exists path || isFormatted given path then
            (Source.rows "test" given path).Rows |> ofRows
        else
            linesOf path (fun () -> File.OpenRead path) |> blocksOf path model

    /// The rows in blocks: those of the words, which are one row together; else of the file; else of standard input. Throws Usage where there is nothing.
    let read (words: string list) (given: ParseResult) (model: Model) : Rows seq =
        match words, Given.all Source.data given with
        | [], [ path ] -> ofFile given path model
        | [], _ :: paths -> raise (Usage $"--data: expected one place, received {1 + paths.Length}")
        | _ :: _, path :: _ -> raise (Usage $"expected a text or --data, received both: a text, and {path}")
        | [ "-" ], [] -> standardInput model
        | [], [] when Console.IsInputRedirected -> standardInput model
        | [], [] -> raise (Usage $"expected {ways}")
        | words, [] -> Seq.singleton (ofLines "the command line" model 1 [| String.Join(' ', words) |])
