namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// What a label is that its raters were not sure of.
[<RequireQualifiedAccess>]
type Uncertain =
    /// No label: U-Zeros of the CheXpert paper.
    | IsNone
    /// A label: U-Ones.
    | IsLabel

/// The label files of CheXpert (Irvin et al. 2019, https://arxiv.org/abs/1901.07031): a path, some facts of the patient, and a column for each finding from "No Finding" on, 1 for found, 0 for not found, -1 for
/// uncertain, blank for not mentioned, which counts as not found. Rows have no features: vectors of the images lie in a file beside it (DataOptions.Vectors), row by row.
[<RequireQualifiedAccess>]
module CheXpert =

    let private firstFinding = "No Finding"

    let private delimited =
        {
            Delimiter = None
            Quotes = true
            Header = true
        }

    /// The labels of each row, by the policy for uncertain ones, and the paths as ids.
    let read (uncertain: Uncertain) (path: string) : FileRows =
        let lines, ids, sets = List<int>(), List<string>(), NameSetsBuilder()
        let mutable findings = Array.empty<string>
        let mutable before = 0 // columns that stand before the findings
        let mutable unsure = 0

        let header (names: string[]) =
            match FieldNames.tryFind [ firstFinding ] names, FieldNames.tryFind [ "Path" ] names with
            | Some first, Some id ->
                findings <- names[first..]
                before <- first
                Array.append [| id |] [| first .. names.Length - 1 |]
            | _ ->
                FileFault.ofFile
                    path
                    $"the columns Path and \"{firstFinding}\""
                    $"the columns {FieldNames.listed names}"

        let isLabel line at (value: string) =
            match value.Trim() with
            | "1"
            | "1.0" -> true
            | "-1"
            | "-1.0" ->
                unsure <- unsure + 1
                uncertain = Uncertain.IsLabel
            | ""
            | "0"
            | "0.0" -> false
            | other ->
                FileFault.at path line (before + at + 1) $"1, 0, -1 or a blank for \"{findings[at]}\"" $"\"{other}\""

        let row line (values: string[]) =
            lines.Add line
            ids.Add values[0]

            sets.Add
                [|
                    for at in 0 .. findings.Length - 1 do
                        if isLabel line at values[at + 1] then
                            findings[at]
                |]

        Delimited.read delimited header row path

        if lines.Count = 0 then
            FileFault.ofFile path "at least one row" "none"

        let policy =
            if uncertain = Uncertain.IsLabel then
                "are labels"
            else
                "are none"

        {
            Rows = Rows.Dense(Array2D.zeroCreate lines.Count 0)
            Labels = FileLabels.Names(sets.ToSets())
            Sized = false
            Weights = RowWeights.ofFile path lines.Count None
            Columns =
                { RowColumns.none with
                    Ids = Some(ids.ToArray())
                    Lines = Some(lines.ToArray())
                    Notes = [ $"{unsure} uncertain labels (-1) {policy}, blanks are none" ]
                }
        }

    /// Tables, known by the columns Path and "No Finding".
    let format (uncertain: Uncertain) : InputFormat =
        {
            Name = "chexpert"
            Endings = []
            Looks =
                fun first ->
                    first.Contains("Path", StringComparison.Ordinal)
                    && first.Contains(firstFinding, StringComparison.Ordinal)
            Read = fun _ path -> read uncertain path
            Write = None
        }
