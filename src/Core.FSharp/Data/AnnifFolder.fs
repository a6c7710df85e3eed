namespace Limen.Core

open System
open System.IO
open Limen.Kernels

/// Annif's full texts: a folder of NAME.txt with the subjects of each in NAME.tsv ("<uri> TAB label", a line each) or NAME.key (a label a line). Texts without such a file have no
/// subject (https://github.com/NatLibFi/Annif/wiki/Document-corpus-formats).
[<RequireQualifiedAccess>]
module AnnifFolder =

    let private beside (text: string) (ending: string) = Path.ChangeExtension(text, ending)

    let private texts (directory: string) =
        Directory.GetFiles(directory, "*.txt") |> Array.sort

    /// Whether a folder has texts with subjects beside them.
    let looks (directory: string) : bool =
        texts directory
        |> Array.exists (fun text -> File.Exists(beside text ".tsv") || File.Exists(beside text ".key"))

    /// A file of a few, between which the reading may end.
    let private whole (read: string -> 'contents) (path: string) : 'contents =
        Cancellation.check ()
        read path

    let private lines (path: string) =
        whole File.ReadAllLines path |> Array.map _.Trim() |> Array.filter ((<>) "")

    let private subject (path: string) line (text: string) =
        let columns = text.Split '\t'
        let first = columns[0].Trim()

        if first.StartsWith '<' && first.EndsWith '>' && first.Length > 2 then
            first[1 .. first.Length - 2]
        else
            Lines.fail path line 1 "a subject as <address>" $"\"{first}\""

    let private subjects (text: string) : string[] =
        let tsv, key = beside text ".tsv", beside text ".key"

        if File.Exists tsv then
            lines tsv |> Array.mapi (fun i line -> subject tsv (i + 1) line)
        elif File.Exists key then
            lines key
        else
            Array.empty

    /// The rows of a folder, in the order of the files' names, which are the rows' ids.
    let private read (directory: string) : FileRows =
        let files = texts directory
        let labels = files |> Seq.map subjects |> NameSets.Of

        { FileRows.ofPacked (files |> Seq.map (whole File.ReadAllText) |> TextList.Of) labels None with
            Columns =
                { RowColumns.none with
                    Ids = Some(files |> Array.map Path.GetFileNameWithoutExtension)
                    Notes = RepeatedLabels.note labels.Dropped |> Option.toList
                }
        }

    /// Folders, which no file's name or first line tells.
    let format: InputFormat =
        {
            Name = "annif-folder"
            Endings = []
            Looks = fun _ -> false
            Read = fun _ directory -> read directory
            Write = None
        }
