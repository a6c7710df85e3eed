namespace Limen.Core

open Limen.Kernels

/// Held-out rows as new rows are read. An input space that was fitted on them too knows terms that no other row has; rows that are new to a model never have such terms, and their
/// known terms weigh the more for it. Scores of rows that keep them are more cautious than those of new rows, and thresholds fitted on these too low.
[<RequireQualifiedAccess>]
module UnseenFeatures =

    let private squares (block: Columns) (row: struct (int * float32)[]) : float =
        row
        |> Array.sumBy (fun struct (column, value) ->
            if Columns.holds column block then
                float value * float value
            else
                0.0)

    /// By how much what is left of a row in a view is to grow: 1 where nothing was lost, or nothing is left.
    let private growth whole left (view: Columns) : float =
        match squares view left with
        | 0.0 -> 1.0
        | kept -> sqrt (squares view whole / kept)

    let private grown (views: Columns list) whole left : struct (int * float32)[] =
        let factors = views |> List.map (fun view -> view, growth whole left view)

        let factor column =
            factors
            |> List.tryFind (fst >> Columns.holds column)
            |> Option.map snd
            |> Option.defaultValue 1.0

        left
        |> Array.map (fun struct (column, value) -> struct (column, float32 (factor column * float value)))

    /// Held-out rows [M, D] without the features in which no training row [N, D] has an entry. In views of TF-IDF what is left of a row has the norm of the whole row; a row of
    /// which nothing is left there is empty. The document frequencies behind the weights, which count held-out rows too, stay. Throws ArgumentException where the columns differ.
    let drop (input: InputSpace) (train: CsrMatrix) (held: CsrMatrix) : CsrMatrix =
        Shape.require (nameof held) "[M, D]" [ held.Rows; train.Columns ] [ held.Rows; held.Columns ]
        let support = Csr.columnCounts train
        let views = InputSpace.unitViews input

        let asNew row =
            let whole = Csr.row row held

            match whole |> Array.filter (fun struct (column, _) -> support[column] > 0) with
            | left when left.Length = whole.Length -> whole
            | left -> grown views whole left

        Cancellation.init held.Rows asNew |> Csr.ofSortedRows held.Columns
