namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// The image labels of VinDr-CXR (Nguyen et al. 2022, https://physionet.org/content/vindr-cxr/1.0.0/): image_id, rad_id and a column of 0 and 1 for each finding, with a row for each image and each of its raters. A
/// row of the result is an image, in the order in which they come first; a finding is a label where more than the given share of the image's raters have it. Rows have no features: vectors of the images lie in a
/// file beside it (DataOptions.Vectors), image by image.
[<RequireQualifiedAccess>]
module VinDr =

    let private delimited =
        {
            Delimiter = None
            Quotes = true
            Header = true
        }

    /// The labels of each image.
    let read (share: float) (path: string) : FileRows =
        let order = List<string>()
        let images = Dictionary<string, int * float[]>()
        let firstLines = List<int>()
        let mutable findings = Array.empty<string>
        let mutable columns = Array.empty<int>

        let header (names: string[]) =
            match FieldNames.tryFind [ "image_id" ] names, FieldNames.tryFind [ "rad_id" ] names with
            | Some image, Some rater ->
                let labels =
                    [|
                        for at in 0 .. names.Length - 1 do
                            if at <> image && at <> rater then
                                at
                    |]

                columns <- labels
                findings <- labels |> Array.map (Array.get names)
                Array.append [| image |] labels
            | _ -> FileFault.ofFile path "the columns image_id and rad_id" $"the columns {FieldNames.listed names}"

        let row line (values: string[]) =
            let raters, votes =
                match images.TryGetValue values[0] with
                | true, found -> found
                | _ ->
                    order.Add values[0]
                    firstLines.Add line
                    0, Array.zeroCreate findings.Length

            for at in 0 .. findings.Length - 1 do
                match values[at + 1].Trim() with
                | "1"
                | "1.0" -> votes[at] <- votes[at] + 1.0
                | "0"
                | "0.0"
                | "" -> ()
                | other -> FileFault.at path line (columns[at] + 1) $"0 or 1 for \"{findings[at]}\"" $"\"{other}\""

            images[values[0]] <- (raters + 1, votes)

        Delimited.read delimited header row path

        if order.Count = 0 then
            FileFault.ofFile path "at least one row" "none"

        let sets =
            order
            |> Seq.map (fun image ->
                let raters, votes = images[image]

                [|
                    for at in 0 .. findings.Length - 1 do
                        if votes[at] > share * float raters then
                            findings[at]
                |])
            |> NameSets.Of

        let most = images.Values |> Seq.map fst |> Seq.max

        {
            Rows = Rows.Dense(Array2D.zeroCreate order.Count 0)
            Labels = FileLabels.Names sets
            Sized = false
            Weights = RowWeights.ofFile path order.Count None
            Columns =
                { RowColumns.none with
                    Ids = Some(order.ToArray())
                    Lines = Some(firstLines.ToArray())
                    Notes =
                        [
                            $"{order.Count} images of up to {most} raters, a label where more than {share} of them have it"
                        ]
                }
        }

    /// Tables, known by the columns image_id and rad_id.
    let format (share: float) : InputFormat =
        {
            Name = "vindr"
            Endings = []
            Looks =
                fun first ->
                    first.Contains("image_id", StringComparison.OrdinalIgnoreCase)
                    && first.Contains("rad_id", StringComparison.OrdinalIgnoreCase)
            Read = fun _ path -> read share path
            Write = None
        }
