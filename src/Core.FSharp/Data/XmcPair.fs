namespace Limen.Core

open System.IO

/// The two-file form of the XMC repository (http://manikvarma.org/downloads/XC/XMLRepository.html): features in NAME_X_Xf.txt and labels in NAME_X_Y.txt or NAME_Y.txt, each with a first line "rows
/// columns" and a row "id:value id:value" a line; a label's value is 1, and one of 0 is none.
[<RequireQualifiedAccess>]
module XmcPair =

    let private features = "X_Xf.txt"

    /// The labels' file beside that of the features.
    let private labelsOf (path: string) : string =
        let unpacked = Lines.unpacked path
        let stem = unpacked[.. unpacked.Length - features.Length - 1]

        let candidates =
            [
                for name in [ "X_Y.txt"; "Y.txt" ] do
                    for packing in "" :: Lines.packings -> stem + name + packing
            ]

        match candidates |> List.tryFind File.Exists with
        | Some file -> file
        | None ->
            Lines.fail
                path
                1
                1
                $"the labels beside it, in {Path.GetFileName candidates[0]} or {Path.GetFileName(stem)}Y.txt"
                "neither"

    /// A sparse matrix as the pair has it, through the svmlight reader: the first line is "rows columns 0" there, and a row without labels begins with a blank.
    let private matrix (path: string) =
        let sizes =
            (Lines.first path).Split([| ' '; '\t' |], System.StringSplitOptions.RemoveEmptyEntries)
            |> Array.map System.Int32.TryParse

        match sizes with
        | [| true, rows; true, columns |] when rows >= 0 && columns >= 0 ->
            let lines = Lines.mapBlocks Lines.blockBytes (SparseLines.parse path columns) path
            let all = Array.concat lines

            if all.Length <> rows then
                Lines.fail path 1 1 $"{all.Length} rows in the header, as in the file" $"{rows}"

            Csr.ofSortedRows columns all
        | _ -> Lines.fail path 1 1 "a first line of two numbers, rows and columns" $"\"{Lines.first path}\""

    let private read (path: string) : FileRows =
        let labels = labelsOf path
        let x, y = matrix path, matrix labels

        if x.Rows <> y.Rows then
            Lines.fail labels 1 1 $"{x.Rows} rows, as in {Path.GetFileName path}" $"{y.Rows}"

        let sets = Array.init y.Rows (fun row -> Csr.set row y)

        { FileRows.ofDataset true 0 (Dataset.create x (Csr.ofSets y.Columns sets)) with
            Weights = RowWeights.ofFile path x.Rows None
            Columns =
                { RowColumns.none with
                    Lines = Some(Array.init x.Rows (fun row -> row + 2))
                    Notes = [ $"labels from {Path.GetFileName labels}" ]
                }
        }

    /// Files *_X_Xf.txt and X_Xf.txt.
    let format: InputFormat =
        {
            Name = "xmc"
            Endings = [ "_" + features; features ]
            Looks =
                fun first ->
                    first.Split([| ' '; '\t' |], System.StringSplitOptions.RemoveEmptyEntries).Length = 2
                    && not (first.Contains ':')
            Read = fun _ path -> read path
            Write = None
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format
            With = fun _ -> format
            About = "NAME_X_Xf.txt with NAME_X_Y.txt or NAME_Y.txt beside it"
            Source = "https://manikvarma.org/downloads/XC/XMLRepository.html"
            Examples =
                [
                    {
                        Lines = [ "3 5"; "0:1 3:0.25"; ""; "2:1" ]
                        Labels = [ [ "0"; "2" ]; []; [ "1" ] ]
                        Beside =
                            [
                                "_X_Y.txt", [ "3 3"; "2:1 0:1"; "1:0"; "1:1" ]
                                "X_Y.txt", [ "3 3"; "2:1 0:1"; ""; "1:1" ]
                            ]
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "1 5"; "0:1" ]
                        Line = 1
                        Column = 1
                    }
                ]
        }
