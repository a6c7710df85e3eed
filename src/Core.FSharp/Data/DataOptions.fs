namespace Limen

/// Which rows stay on one side where rows are split into parts.
[<RequireQualifiedAccess>]
type SplitBy =
    /// Each label is spread over the parts by their shares (Sechidis et al. 2011).
    | Labels
    /// Rows of one group, Fields.Group, stay together.
    | Groups
    /// The latest rows by Fields.Time are the test rows, those before them the validation rows.
    | Time

/// How the rows of one file become parts.
type SplitOptions =
    {
        By: SplitBy
        /// The share of the validation rows, at least 0; 0: none.
        Validation: float
        /// The share of the test rows, at least 0; 0: none.
        Test: float
    }

/// What a file may be, in the order in which formats are asked: of the library, `FileFormats.Usual`, and of packages that have more.
[<Sealed>]
type FileFormats(entries: Limen.Core.InputFormatEntry list) =
    static let usual = FileFormats(Limen.Core.InputFormats.all)

    /// Those of the library.
    static member Usual = usual

    member internal _.Entries = entries

    /// What they are called.
    member _.Names: System.Collections.Generic.IReadOnlyList<string> =
        entries |> List.map _.Format.Name |> List.toArray :> _

namespace Limen.Core

open System
open Limen

/// How files are read.
[<NoEquality; NoComparison>]
type DataOptions =
    {
        /// What a file may be, in the order in which they are asked.
        Formats: InputFormatEntry list
        /// None: what the training file is taken for by its name and its first line.
        Format: InputFormat option
        /// Which columns or fields are what.
        Fields: Fields
        /// The file of vectors that takes the place of the rows' own features: its path where one file is read; else what stands in the place of each file's ending, as
        /// ".npy" or "_vectors.parquet". None: none.
        Vectors: string option
        /// Parts for the rows of one file. None: as files and columns say, all rows for training where they say nothing.
        Split: SplitOptions option
        /// Of splits.
        Seed: Seed
        /// Where parsed files are kept in binary form.
        Cache: CachePlace
    }

/// What parts are called, in the names of files and in columns.
[<RequireQualifiedAccess>]
module PartNames =

    let train = [ "train"; "training"; "trn" ]
    let validation = [ "dev"; "validation"; "valid"; "val" ]
    let test = [ "test"; "testing"; "tst" ]

    /// The place of the part in a split, 0 for training: None for a name that is none.
    let tryPlace (name: string) : int option =
        [ train; validation; test ]
        |> List.tryFindIndex (List.exists (fun n -> String.Equals(n, name.Trim(), StringComparison.OrdinalIgnoreCase)))
