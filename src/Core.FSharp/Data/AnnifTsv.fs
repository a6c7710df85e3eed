namespace Limen.Core

open System
open Limen

/// Rows of Annif's short texts (https://github.com/NatLibFi/Annif/wiki/Document-corpus-formats): "text TAB <uri> <uri>", subjects by their addresses in angle brackets.
[<RequireQualifiedAccess>]
module AnnifTsv =

    let private subject (path: string) line (word: string) =
        if word.Length > 2 && word.StartsWith '<' && word.EndsWith '>' then
            word[1 .. word.Length - 2]
        else
            Lines.fail path line 2 "subjects as <address>" $"\"{word}\""

    let private row (path: string) line (values: string[]) =
        let subjects =
            values
            |> Array.skip 1
            |> Array.collect TabbedTexts.words
            |> Array.map (subject path line)

        values[0], subjects, ""

    let private line (text: string) (addresses: string[]) =
        let subjects = addresses |> Array.map (fun address -> $"<{address}>")
        $"""{text}{'\t'}{String.Join(' ', subjects)}"""

    /// Files *.tsv and *.txt whose first line has a subject in angle brackets after a tab.
    let format: InputFormat =
        {
            Name = "annif"
            Endings = [ ".tsv"; ".txt" ]
            Looks = _.Contains("\t<")
            Read = fun _ path -> TabbedTexts.read (row path) path
            Write = Some(TabbedTexts.write ("addresses as labels", [ '<'; '>' ]) line)
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format
            With = fun _ -> format
            About = "text TAB <uri> <uri>"
            Source = "https://github.com/NatLibFi/Annif/wiki/Document-corpus-formats"
            Examples =
                [
                    {
                        Lines = [ "one two\t<http://x.org/b> <http://x.org/a>"; "three\t" ]
                        Labels = [ [ "http://x.org/a"; "http://x.org/b" ]; [] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "one\t<http://x.org/a>"; "two\thttp://x.org/b" ]
                        Line = 2
                        Column = 2
                    }
                ]
        }
