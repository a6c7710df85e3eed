namespace Limen.Fuzz

open System
open System.IO
open System.IO.Compression
open System.Text
open Limen.Core

/// Svmlight files, plain and packed.
[<RequireQualifiedAccess>]
module SvmlightFiles =

    let private texts =
        [|
            "1,2 0:0.5 3:-2\n0 1:1\n"
            "# a comment\n3 10:1e-3 200:1.25 # another\n 5:7\n\n"
            "3 5 4\n0,3 0:1 4:0.25\n1 2:3.5\n 3:1\n"
            "7 1:0.1 2:0.22 3:0.333\r\n8,1 2:44444.5\r\n"
            "+1,2.0 qid:3 1:.5 2:1e5\n  # a comment\n 7:-0 9:NaN\n"
            "\ufeff10,9,8,7,6,5,4,3,2,1 1:0.1234567890123456789 2:16777217\n \n0\n"
        |]
        |> Array.map Encoding.UTF8.GetBytes

    /// Blocks of some length that the input tells, so that lines are cut everywhere.
    let private read (input: byte[]) (path: string) : Dataset =
        let length = 1 + Array.sumBy int input % 64

        Svmlight.read
            { Svmlight.defaults with
                BlockBytes = if length % 2 = 0 then length else Lines.blockBytes
            }
            path

    let private rows (d: Dataset) : PlainSvmlight.Row list * float32 list list =
        List.init d.Rows (fun r ->
            List.ofArray (d.Labels.RowIndices(r).ToArray()), [ for c in d.Features.RowIndices(r).ToArray() -> c, "" ]),
        List.init d.Rows (fun r -> List.ofArray (d.Features.RowValues(r).ToArray()))

    let private beside (plain: PlainSvmlight.Row list option) (read: Dataset option) =
        read |> Option.map rows |> Reading.beside PlainSvmlight.difference plain

    let private gzip (text: byte[]) : byte[] =
        use packed = new MemoryStream()
        using (new GZipStream(packed, CompressionLevel.Optimal)) (fun stream -> stream.Write(text, 0, text.Length))
        packed.ToArray()

    let private bzip2 (text: byte[]) : byte[] =
        Trial.inFolder (fun folder ->
            let path = Path.Combine(folder, "a.bz2")
            (Encoding.UTF8.GetString text).TrimEnd('\n').Split '\n' |> Lines.write path
            File.ReadAllBytes path)

    /// What the framework's own reader makes of a gzip file; it reads all that is right.
    let private gunzip (input: byte[]) : byte[] =
        use text = new MemoryStream()
        using (new GZipStream(new MemoryStream(input), CompressionMode.Decompress)) (fun stream -> stream.CopyTo text)
        text.ToArray()

    /// Whole texts, each in a member of its own, one or two of them.
    let private packed (pack: byte[] -> byte[]) : Lazy<byte[][]> =
        lazy
            [|
                for text in texts do
                    pack text

                for text in texts[3..4] do
                    Array.append (pack texts[0]) (pack text)
            |]

    /// What packed texts hold is read as the texts; damage of a packed file is refused.
    let private whole (input: byte[]) (read: Dataset option) =
        match read with
        | None -> None
        | Some _ -> beside (PlainSvmlight.read (gunzip input)) read

    /// No other reader of bzip2 is at hand: every row that comes out has the labels and features of one that was packed.
    let private known =
        lazy
            (let ofText (text: byte[]) =
                PlainSvmlight.read text
                |> Option.get
                |> List.map (fun (labels, features) -> labels, List.map fst features)

             texts |> Seq.collect ofText |> Set.ofSeq)

    let private amongKnown (_: byte[]) (read: Dataset option) =
        match read |> Option.map (rows >> fst) with
        | Some rows when
            rows
            |> List.exists (fun (labels, pairs) -> not (known.Value.Contains(labels, List.map fst pairs)))
            ->
            Some "a row that was never packed"
        | _ -> None

    /// Three edits or fewer in all but a few inputs: further ones leave nothing of a packed file.
    let private mutatePacked (random: Random) (input: byte[]) =
        if random.Next 10 > 0 then
            Edits.several random (random.Next 4) input, true
        else
            Edits.mutate random input

    let targets: Target list =
        [
            {
                Name = "svmlight"
                Share = 6.0
                Seeds = lazy texts
                Mutate = Edits.mutate
                Run = fun folder input -> Reading.file "a.svm" (read input) (PlainSvmlight.read >> beside) folder input
            }
            {
                Name = "svmlight-gz"
                Share = 2.0
                Seeds = packed gzip
                Mutate = mutatePacked
                Run = fun folder input -> Reading.file "a.svm.gz" (read input) whole folder input
            }
            {
                Name = "svmlight-bz2"
                Share = 2.0
                Seeds = packed bzip2
                Mutate = mutatePacked
                Run = fun folder input -> Reading.file "a.svm.bz2" (read input) amongKnown folder input
            }
        ]
