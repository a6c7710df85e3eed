namespace Limen.Core

open System
open Limen.Kernels

/// What the parts of a model must agree on: D features and L labels.
[<Struct>]
type Sizes = { FeatureCount: int; LabelCount: int }

/// What is wrong with a part of a model, in plain sentences: sizes that do not agree, numbers that no fit gives. A part that was fitted here has no such fault; one that was
/// read from a file is asked, so that nothing is left to fail when rows are predicted.
[<RequireQualifiedAccess>]
module internal Unfit =

    /// The words, unless all is well.
    let unless (isWell: bool) (words: string) : string list = if isWell then [] else [ words ]

    /// The same, of something whose words take time to make.
    let firstOf (what: string) (expected: string) (isWell: 'value -> bool) (values: 'value[]) : string list =
        match values |> Array.tryFindIndex (isWell >> not) with
        | None -> []
        | Some at -> [ $"{what}: expected {expected}, found {values[at]} at {at}" ]

    /// A list [expected].
    let length (what: string) (expected: int64) (values: 'value[]) : string list =
        unless (int64 values.Length = expected) $"{what}: expected {expected} numbers, found {values.Length}"

    let private size what (rows: int, columns: int) (received: int * int) =
        let r, c = received
        unless (received = (rows, columns)) $"{what}: expected [{rows}, {columns}], found [{r}, {c}]"

    /// A sparse matrix [rows, columns].
    let sparse (what: string) (rows: int, columns: int) (m: CsrMatrix) : string list =
        size what (rows, columns) (m.Rows, m.Columns)

    /// A dense matrix [rows, columns] of finite numbers.
    let dense (what: string) (rows: int, columns: int) (m: DenseMatrix) : string list =
        let numbers = m.Span
        let mutable at = 0

        while at < numbers.Length && Single.IsFinite numbers[at] do
            at <- at + 1

        size what (rows, columns) (m.Rows, m.Columns)
        @ if at = numbers.Length then
              []
          else
              [ $"{what}: expected finite numbers, found {numbers[at]} at {at}" ]

    /// A list [expected] of finite numbers.
    let finite (what: string) (expected: int) (values: float32[]) : string list =
        length what expected values
        @ firstOf what "finite numbers" Single.IsFinite values

    /// A list [expected] of numbers between two others.
    let within (what: string) (low: float32, high: float32) (expected: int) (values: float32[]) : string list =
        length what expected values
        @ firstOf what $"numbers from {low} to {high}" (fun v -> v >= low && v <= high) values

    /// A list [expected] of finite numbers in double precision, none of them below the given one.
    let doubles (what: string) (low: float) (expected: int64) (values: float[]) : string list =
        let words =
            if low = Double.NegativeInfinity then
                "finite numbers"
            else
                $"finite numbers of {low} or more"

        length what expected values
        @ firstOf what words (fun v -> Double.IsFinite v && v >= low) values

    /// Each row's weight [rows], where rows have weights.
    let weights (what: string) (rows: int) (weights: float32[] option) : string list =
        weights
        |> Option.map (within what (0f, Single.MaxValue) rows)
        |> Option.defaultValue []

    /// The values that a sparse matrix stores, between 0 and 1.
    let shares (what: string) (m: CsrMatrix) : string list =
        firstOf what "values from 0 to 1" (fun v -> v >= 0f && v <= 1f) (Array.truncate m.NonZeros m.Values)

    /// Numbers that ascend, each above the one before.
    let ascending (what: string) (values: 'value[]) : string list =
        match values |> Seq.pairwise |> Seq.tryFind (fun (a, b) -> not (a < b)) with
        | None -> []
        | Some(a, b) -> [ $"{what}: expected ascending values, found {b} after {a}" ]
