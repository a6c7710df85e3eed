namespace Limen.Core

/// The rule of all formats for a label that stands in its row more than once: it is taken once, and what is said of the labels says how many were dropped.
[<RequireQualifiedAccess>]
module RepeatedLabels =

    /// What is said of so many dropped ones; nothing of none.
    let note (dropped: int) : string option =
        if dropped = 0 then
            None
        else
            Some $"{dropped} labels stand in their row again (taken once; see whether two labels were meant)"

    /// The same behind what is said of the labels already, in one sentence.
    let said (about: string) (dropped: int) : string =
        match note dropped with
        | Some more -> $"{about}; {more}"
        | None -> about

    /// Each id of a row once, in the order of the file, and how many were dropped.
    let once (rows: int[][]) : int[][] * int =
        let sets = rows |> Array.map Array.distinct
        sets, Array.sumBy Array.length rows - Array.sumBy Array.length sets
