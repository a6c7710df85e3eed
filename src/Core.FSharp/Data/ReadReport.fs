namespace Limen.Core

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open System.Security.Cryptography

/// What was read as one part of the data.
type PartReport =
    {
        /// train, validation or test.
        Part: string
        File: string
        /// The format, and why the file was taken for that.
        Format: string
        Reason: string
        Rows: int
        /// Labels that some row of the part has.
        Labels: int
        /// Rows without any label. They are kept: no label is right for them.
        WithoutLabels: int
        /// Texts without anything but blanks. They are kept.
        EmptyTexts: int
        /// Texts that an earlier row of the part has too. They are kept.
        RepeatedTexts: int
        /// Texts that a training row has too, None for the training rows themselves.
        InTraining: int option
        /// What was chosen or left out, a sentence each.
        Notes: string list
    }

/// What was read, for people.
type ReadReport =
    {
        Parts: PartReport list
        /// Of all parts.
        Notes: string list
    }

    /// A line for each part, and one for each thing that is worth a look.
    override report.ToString() =
        String.Join("\n", ReadReport.lines report)

    static member internal lines(report: ReadReport) : string list =
        let some count what =
            if count > 0 then [ $"  {count} {what}" ] else []

        [
            for part in report.Parts do
                $"{part.Part}: {part.Rows} rows, {part.Labels} labels, {Path.GetFileName part.File} read as {part.Format} ({part.Reason})"

                for note in part.Notes do
                    $"  {note}"

                yield!
                    some
                        part.WithoutLabels
                        "rows have no label (kept: none is right for them; leave them out where theirs are only unknown)"

                yield!
                    some part.EmptyTexts "texts are empty (kept: see whether the texts stand in another column, --text)"

                yield!
                    some part.RepeatedTexts "texts occur again (kept: leave out copies that are no rows of their own)"

                yield!
                    some
                        (defaultArg part.InTraining 0)
                        "texts are training texts too (kept: figures measured on them look better than they are; leave them out of one part)"

            yield! report.Notes
        ]

[<RequireQualifiedAccess>]
module ReadReport =

    /// The report in lines.
    let lines (report: ReadReport) : string list = ReadReport.lines report

    /// What tells texts apart without holding them: half of the SHA-256 of each.
    let private fingerprint (text: string) : UInt128 =
        let hash = SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()))
        BinaryPrimitives.ReadUInt128LittleEndian(ReadOnlySpan hash)

    /// Of each text whether it is empty, and its fingerprint.
    let private textsOf (rows: LabelledRows) : struct (bool * UInt128)[] =
        match Rows.tryTexts rows.Rows with
        | Some texts ->
            texts
            |> Texts.map (fun text -> struct (String.IsNullOrWhiteSpace text, fingerprint text))
        | None -> Array.empty

    let private distinct (texts: struct (bool * UInt128)[]) =
        texts |> Seq.map (fun (struct (_, text)) -> text) |> HashSet

    /// What a part holds; where it is no training part, with the training rows.
    let part
        (name: string)
        (file: string)
        (format: string)
        (reason: string)
        (notes: string list)
        (train: LabelledRows option)
        (rows: LabelledRows)
        : PartReport =
        let texts = textsOf rows
        let sets = rows.Truth.Matrix
        let training = train |> Option.map (textsOf >> distinct)

        {
            Part = name
            File = file
            Format = format
            Reason = reason
            Rows = rows.Count
            Labels = (Seq.distinct sets.Indices |> Seq.length)
            WithoutLabels =
                Seq.init sets.Rows (fun row -> sets.RowStart[row + 1] = sets.RowStart[row])
                |> Seq.filter id
                |> Seq.length
            EmptyTexts = texts |> Seq.filter (fun (struct (isEmpty, _)) -> isEmpty) |> Seq.length
            RepeatedTexts = texts.Length - (distinct texts).Count
            InTraining =
                training
                |> Option.map (fun seen ->
                    texts |> Seq.filter (fun (struct (_, text)) -> seen.Contains text) |> Seq.length)
            Notes = notes
        }
