namespace Limen.Core

open System
open System.Globalization
open System.Text
open System.Text.RegularExpressions
open Limen.Kernels

/// What the ids of a file count from.
type IdBase =
    /// From 0, as XMC files do.
    | Zero = 0
    /// From 1, as the files of LIBSVM's page do.
    | One = 1

/// How multi-label svmlight files are read.
type SvmlightOptions =
    {
        /// What feature ids count from: 0 in XMC files and this library's own, 1 by LIBSVM's convention.
        FeatureIds: IdBase
        /// What label ids count from.
        LabelIds: IdBase
        /// D where the caller knows it; else the header's, else the largest id + 1.
        Features: int option
        /// L where the caller knows it; else the header's, else the largest id + 1.
        Labels: int option
        /// Bytes of text that a thread parses at a time.
        BlockBytes: int
    }

/// The first line of an XMC file: rows, features, labels.
type XmcHeader =
    {
        Rows: int
        Features: int
        Labels: int
    }

/// Multi-label svmlight files, one row a line: "l1,l2 f:v f:v". The order of labels means nothing, one that stands again is taken once, and they may be written +1 or 1.0, feature ids
/// ascend, '#' begins a comment (a line of nothing else is no row, as for scikit-learn), a line that begins with a blank has no labels, "qid:q" before the features is passed
/// over, empty lines may stand at the end. A first line of three numbers is an XMC header (http://manikvarma.org/downloads/XC/XMLRepository.html). Plain, .gz or .bz2 by the name's ending.
[<RequireQualifiedAccess>]
module Svmlight =

    /// Ids from 0, sizes from the file.
    let defaults =
        {
            FeatureIds = IdBase.Zero
            LabelIds = IdBase.Zero
            Features = None
            Labels = None
            BlockBytes = Lines.blockBytes
        }

    /// A number of digits alone.
    let private digits (text: string) : int option =
        match Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture) with
        | true, n when Seq.forall Char.IsAsciiDigit text -> Some n
        | _ -> None

    /// The XMC header of a file, where it begins with one.
    let header (path: string) : XmcHeader option =
        let numbers =
            (Lines.first path).Split([| ' '; '\t' |], StringSplitOptions.RemoveEmptyEntries)
            |> Array.map digits

        match numbers with
        | [| Some n; Some d; Some l |] -> Some { Rows = n; Features = d; Labels = l }
        | _ -> None

    /// The given size, which a header must agree with; else the header's.
    let private size path (what: string) (given: int option) (inHeader: int option) =
        match given, inHeader with
        | Some g, Some h when g <> h -> Lines.fail path 1 1 $"a header of {g} {what}" $"one of {h}"
        | _ -> given |> Option.orElse inHeader

    /// The rows, and how many labels stood in their row already.
    let private parse (options: SvmlightOptions) (path: string) : Dataset * int =
        let header = header path

        let features =
            header |> Option.map _.Features |> size path "features" options.Features

        let labels = header |> Option.map _.Labels |> size path "labels" options.Labels

        let ids =
            SvmlightIds(
                int options.FeatureIds,
                defaultArg features Int32.MaxValue,
                int options.LabelIds,
                defaultArg labels Int32.MaxValue
            )

        let block firstLine (bytes: ReadOnlyMemory<byte>) =
            let block = SvmlightParser.Parse(bytes.Span, (firstLine = 1 && header.IsSome), ids)

            Lines.require path firstLine block.Fault
            firstLine, block

        let placed = Lines.mapBlocks options.BlockBytes block path
        let rows = placed |> Array.sumBy (fun (_, block) -> int64 block.Rows)

        match header with
        | Some h when int64 h.Rows <> rows ->
            Lines.fail path 1 1 $"{rows} rows in the header, as in the file" $"{h.Rows}"
        | _ when rows = 0L -> Lines.fail path 1 1 "at least one row" "none"
        | _ -> ()

        let largest (of': SvmlightBlock -> int) =
            placed |> Array.fold (fun m (_, block) -> max m (of' block)) -1

        SvmlightBlocks.matrices
            path
            (defaultArg features (largest _.LargestFeature + 1))
            (defaultArg labels (largest _.LargestLabel + 1))
            placed,
        placed |> Array.sumBy (fun (_, block) -> block.Repeated)

    let private weighed (path: string) (d: Dataset) : Dataset =
        { d with
            Weights = RowWeights.ofFile path d.Rows d.Weights
        }

    /// The rows of a file, with the weights beside it (RowWeights). D and L: as given, else as in the header, else one more than the largest id.
    /// Throws DataFormatException at the first line that is not as it should be, for a file without rows, and where a header says otherwise than
    /// the file or the options.
    let read (options: SvmlightOptions) (path: string) : Dataset =
        parse options path |> fst |> weighed path

    /// The rows of a file through its cache, and how many labels were dropped when it was parsed: a cache has the rows alone.
    let private readCounted (cache: CachePlace) (options: SvmlightOptions) (path: string) : Dataset * int =
        let repeated = ref 0

        let parsed file =
            let rows, dropped = parse options file
            repeated.Value <- dropped
            rows

        let parameters =
            $"svmlight {options.FeatureIds} {options.LabelIds} {options.Features} {options.Labels}"

        let rows = CsrCache.through cache parameters parsed path |> weighed path
        rows, repeated.Value

    /// The rows of a file through its cache.
    let readCached (cache: CachePlace) (options: SvmlightOptions) (path: string) : Dataset =
        readCounted cache options path |> fst

    /// The files of one task (train, dev, test), in matrices of the same D and L.
    let readTogether (options: SvmlightOptions) (paths: string list) : Dataset list =
        paths |> List.map (read options) |> Dataset.unite

    let private line (d: Dataset) row =
        let text = StringBuilder()

        for at in d.Labels.RowStart[row] .. d.Labels.RowStart[row + 1] - 1 do
            if at > d.Labels.RowStart[row] then
                text.Append ',' |> ignore

            text.Append d.Labels.Indices[at] |> ignore

        for at in d.Features.RowStart[row] .. d.Features.RowStart[row + 1] - 1 do
            text
                .Append(' ')
                .Append(d.Features.Indices[at])
                .Append(':')
                .Append(d.Features.Values[at].ToString("R", CultureInfo.InvariantCulture))
            |> ignore

        if text.Length = 0 then " " else text.ToString()

    /// Writes rows with ids from 0 and without a header, each value in the shortest form that reads back as itself, and weights beside them.
    let write (path: string) (d: Dataset) : unit =
        Seq.init d.Rows (line d) |> Lines.write path
        RowWeights.write path d.Weights

    /// Files *.svm and *.svmlight, and those *.txt that no other format claims by their first line.
    let format (options: SvmlightOptions) : InputFormat =
        {
            Name = "svmlight"
            Endings = [ ".svm"; ".svmlight"; ".txt" ]
            Looks =
                Regex(
                    @"^[ \t]*(\+?[\d.]+(,\+?[\d.]+)*)?([ \t]+(qid:\d+|\d+:[^ \t]+))*[ \t]*(#.*)?$|^\d+[ \t]+\d+[ \t]+\d+[ \t]*$"
                )
                    .IsMatch
            Read =
                fun cache path ->
                    let rows, repeated = readCounted cache options path

                    FileRows.ofDataset (header path).IsSome (int options.LabelIds) rows
                    |> FileRows.noted (RepeatedLabels.note repeated |> Option.toList)
            Write = Some(fun path rows -> FileRows.dataset rows |> write path)
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format defaults
            With =
                fun fields ->
                    format
                        { defaults with
                            FeatureIds = enum<IdBase> fields.FirstFeature
                            LabelIds = enum<IdBase> fields.FirstLabel
                        }
            About = "l1,l2 f:v f:v (multi-label svmlight, with an XMC header or without)"
            Source = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multilabel.html"
            Examples =
                [
                    {
                        Lines = [ "2,0 1:0.5 4:2"; " 0:1 # no labels" ]
                        Labels = [ [ "0"; "2" ]; [] ]
                        Beside = []
                    }
                    {
                        Lines = [ "1 5 3"; "1 0:1 3:0.25" ]
                        Labels = [ [ "1" ] ]
                        Beside = []
                    }
                    {
                        Lines = [ "+1,2.0 qid:7 1:0.5"; "  # a comment"; "0 qid:7"; ""; "" ]
                        Labels = [ [ "1"; "2" ]; [ "0" ] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "0 1:1"; "0 1:x" ]
                        Line = 2
                        Column = 5
                    }
                ]
        }
