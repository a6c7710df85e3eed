namespace Limen.Core

open System
open System.Text
open System.Text.RegularExpressions
open Limen.Kernels

/// Text rows as fastText reads them, one a line: "__label__a __label__b some text". Words are what stands between blanks; those that begin with the
/// prefix are labels, wherever they stand, named by what follows it, and the text is the other words, a space between two. Plain, .gz or .bz2 by
/// the name's ending.
[<RequireQualifiedAccess>]
module FastText =

    /// What fastText's labels begin with, where nothing else is asked for.
    let prefix = "__label__"

    /// The characters between words: those of fastText's own reader.
    let private blanks = [| ' '; '\t'; '\n'; '\v'; '\f'; '\r'; '\000' |]

    let private words (text: string) : string[] =
        text.Split(blanks, StringSplitOptions.RemoveEmptyEntries)

    /// Where a word begins, the first is number 0: characters from the line's start.
    let private startOf number (line: string) =
        Regex.Matches(line, @"[^ \t\n\v\f\r\0]+").[number].Index

    /// A line's text and its labels.
    let private row (prefix: string) path number (line: string) : string * string[] =
        let refuse at expected =
            let rest = Encoding.UTF8.GetBytes(line[at..])
            Lines.fail path number (1 + Encoding.UTF8.GetByteCount line[.. at - 1]) expected (ParseFault.Quote rest)

        let all = words line

        if all.Length = 0 then
            refuse 0 "a label or a word"

        let isLabel (word: string) =
            word.StartsWith(prefix, StringComparison.Ordinal)

        let labels = all |> Array.filter isLabel |> Array.map _.Substring(prefix.Length)

        if Array.contains "" labels then
            refuse (startOf (Array.IndexOf(all, prefix)) line) $"a label's name after {prefix}"

        String.Join(' ', all |> Array.filter (isLabel >> not)), labels

    /// The rows of a file, with texts packed block by block.
    let private readRows (blockBytes: int) (prefix: string) (path: string) : FileRows =
        let parse firstLine bytes =
            let rows = Lines.mapLines path (row prefix path) firstLine bytes
            struct (rows |> Seq.map fst |> TextList.Of, rows |> Seq.map snd |> NameSets.Of)

        let blocks = Lines.mapBlocks blockBytes parse path
        let texts = blocks |> Seq.map (fun (struct (texts, _)) -> texts) |> TextList.Concat

        if texts.Count = 0 then
            Lines.fail path 1 1 "at least one row" "none"

        let names = blocks |> Seq.map (fun (struct (_, names)) -> names) |> NameSets.Concat

        RowWeights.ofFile path texts.Count None
        |> FileRows.ofPacked texts names
        |> FileRows.noted (RepeatedLabels.note names.Dropped |> Option.toList)

    /// The rows of a file, parsed in parallel by blocks of the given length in bytes, with the weights beside it (RowWeights). Row i is line i + 1:
    /// empty lines stand at the end alone. A label that stands in its row again is taken once. Throws DataFormatException (columns in bytes) at the first line that is not as it should be, and for a file without
    /// rows.
    let readBlocks (blockBytes: int) (prefix: string) (path: string) : TextDataset =
        readRows blockBytes prefix path |> FileRows.texts

    /// The rows of a file whose labels begin with the prefix.
    let read (prefix: string) (path: string) : TextDataset = readBlocks Lines.blockBytes prefix path

    let private line (prefix: string) (rows: TextDataset) i : string =
        let refuse expected received =
            invalidArg (nameof rows) $"row {i + 1}: expected {expected}, received {received}"

        for name in rows.LabelNames[i] do
            if name = "" || name.IndexOfAny blanks >= 0 then
                refuse "labels of one word" $"\"{name}\""

        let text = words rows.Texts[i]

        for word in text do
            if word.StartsWith(prefix, StringComparison.Ordinal) then
                refuse $"words that do not begin with {prefix}" $"\"{word}\""

        if text.Length = 0 && rows.LabelNames[i].Length = 0 then
            refuse "a label or a word" "neither"

        String.Join(' ', Seq.append (rows.LabelNames[i] |> Seq.map ((+) prefix)) text)

    /// Writes rows and weights beside them. Texts keep their words; what was between two is a space. Throws ArgumentException for a label that is not
    /// one word, a word that begins with the prefix, and a row without label and word.
    let write (prefix: string) (path: string) (rows: TextDataset) : unit =
        Seq.init rows.Rows (line prefix rows) |> Seq.toArray |> Lines.write path
        RowWeights.write path rows.Weights

    /// Files *.fasttext and *.ft, and those *.txt whose first line begins with the prefix. Throws ArgumentException for a prefix that is not one word.
    let format (prefix: string) : InputFormat =
        if prefix = "" || prefix.IndexOfAny blanks >= 0 then
            invalidArg (nameof prefix) $"expected a prefix of one word, received \"{prefix}\""

        {
            Name = "fasttext"
            Endings = [ ".fasttext"; ".ft"; ".txt" ]
            Looks = fun first -> (first.TrimStart blanks).StartsWith(prefix, StringComparison.Ordinal)
            Read = fun _ path -> readRows Lines.blockBytes prefix path
            Write = Some(fun path rows -> FileRows.texts rows |> write prefix path)
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format prefix
            With = fun _ -> format prefix
            About = "__label__a __label__b text"
            Source = "https://fasttext.cc/docs/en/supervised-tutorial.html"
            Examples =
                [
                    {
                        Lines = [ "__label__b __label__a one two"; "three"; "four __label__c five" ]
                        Labels = [ [ "a"; "b" ]; []; [ "c" ] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "__label__a one"; "__label__a two __label__" ]
                        Line = 2
                        Column = 16
                    }
                ]
        }
