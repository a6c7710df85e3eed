namespace Limen

open System
open System.Collections.Generic

/// Which columns or fields of a file are what. What is not named is found by its usual name, and the report of what was read says which was taken. A column of a
/// file without a header is named by its number, from 1. They are read when a file is, and changes after that have no effect.
[<Sealed>]
type Fields() =

    /// The texts, joined by a line break where there are several columns. Default: none, the first of text, body, content and other usual names.
    member val Text: IReadOnlyList<string> = Array.empty with get, set

    /// The labels: columns of label lists, or columns of 0 and 1, each a label of that name. Default: none, the first of labels, tags, categories and
    /// other usual names; where there is none, the columns that hold nothing but 0 and 1.
    member val Labels: IReadOnlyList<string> = Array.empty with get, set

    /// Columns whose names begin so are labels, 0 or 1 each, named by what follows. Default: null.
    member val LabelPrefix: string = null with get, set

    /// Columns of numbers that are the features, beside the texts where both are named. Default: none; where a file has no text, all columns of numbers that nothing else names.
    member val Features: IReadOnlyList<string> = Array.empty with get, set

    /// What stands between two labels of a list. Default: null, a list in brackets, else the first of ; | , that occurs.
    member val Separator: string = null with get, set

    /// What stands between two columns: ";", ",", "|" or a tab. Default: null, the one in the first line.
    member val Delimiter: string = null with get, set

    /// Whether the first line of a table names its columns.
    member val Header = true with get, set

    /// What a row is called. Default: null, none.
    member val Id: string = null with get, set

    /// Rows that must stay together where rows are split: a patient, an author. Default: null, none.
    member val Group: string = null with get, set

    /// When a row was, for a split by time: numbers, or dates by ISO 8601. Default: null, none.
    member val Time: string = null with get, set

    /// How much a row counts, finite and at least 0. Default: null, none, in JSON a field of that name.
    member val Weight: string = null with get, set

    /// Which part a row is of: train, validation (valid, val, dev) or test. Default: null, none.
    member val Part: string = null with get, set

    /// What feature ids count from, 0 or 1, in files that give ids. Default: 0.
    member val FirstFeature = 0 with get, set

    /// What label ids count from, 0 or 1, in files that give ids. Default: 0.
    member val FirstLabel = 0 with get, set

    /// How many attributes of an ARFF file are labels: the first so many, the last where it is negative, MEKA's -C. Default: null, as the file says.
    member val LabelCount = Nullable<int>() with get, set

namespace Limen.Core

open System
open Limen

/// The usual names of columns and fields.
[<RequireQualifiedAccess>]
module FieldNames =

    /// Of texts, the best first.
    let texts =
        [
            "text"
            "body"
            "content"
            "comment_text"
            "sentence"
            "tweet"
            "abstract"
            "description"
            "document"
            "article"
            "review"
            "question"
            "plot"
            "summary"
            "title"
        ]

    /// Of lists of labels, the best first.
    let labels =
        [
            "labels"
            "label"
            "tags"
            "tag"
            "categories"
            "category"
            "topics"
            "topic"
            "genres"
            "genre"
            "classes"
            "codes"
            "subjects"
            "keywords"
            "emotions"
            "eurovoc_concepts"
            "target_ind"
            "targets"
            "target"
        ]

    /// Of names that mean nothing to learn from.
    let ids = [ "id"; "uid"; "_id"; "row_id"; "index"; "key"; "" ]

    /// The place of the first wanted name among these; letters of either case are alike.
    let tryFind (wanted: string list) (names: string[]) : int option =
        wanted
        |> List.tryPick (fun name ->
            match Array.IndexOf(names, name) with
            | -1 ->
                names
                |> Array.tryFindIndex (fun n -> String.Equals(n, name, StringComparison.OrdinalIgnoreCase))
            | at -> Some at)

    /// Names in a message, few of many.
    let listed (names: string seq) : string =
        let all = Seq.toList names

        match all with
        | [] -> "none"
        | _ when all.Length > 12 -> String.Join(", ", List.truncate 12 all) + $" and {all.Length - 12} more"
        | _ -> String.Join(", ", all)
