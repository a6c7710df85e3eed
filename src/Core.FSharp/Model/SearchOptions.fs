namespace Limen

open System.Collections.Generic

/// What settings came to in a search.
[<NoComparison>]
type Trial =
    {
        /// Its number, counted from 1.
        Number: int
        /// The drawn values with the names of their settings.
        Values: IReadOnlyList<struct (string * string)>
        /// The share of the rows that it was cross-validated on.
        Share: float
        /// The mean over the folds of macro-F1 over the labels that occur in the fold (C).
        MacroF1: float
        /// The mean over the folds of micro-F1.
        MicroF1: float
        /// Of fitting and predicting all folds.
        Seconds: float
    }

    /// What halving ranks by: the mean of both.
    member t.Mean = (t.MacroF1 + t.MicroF1) / 2.0

namespace Limen.Core

open Limen

/// Which values a setting is tried with.
type SearchRange =
    {
        /// The name of the setting: "network.learningRate".
        Setting: string
        /// At least one, as a settings file writes them.
        Values: string list
    }

/// A way of searching.
[<RequireQualifiedAccess>]
type SearchPlan =
    /// So many drawn settings, all of them on all folds of all rows.
    | Random of trials: int
    /// Successive halving: so many drawn settings on a share of the rows; the best of them, one in `keep`, on `keep` times as many rows; and so on up to all rows
    /// (Jamieson and Talwalkar 2016, https://proceedings.mlr.press/v51/jamieson16.html).
    | Halving of trials: int * keep: int

/// How settings are searched.
type SearchOptions =
    {
        Plan: SearchPlan
        /// Folds of the cross-validation, at least 2.
        Folds: int
        /// Of draws and folds; the fits have the seed of their settings.
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module SearchOptions =

    /// 20 drawn settings, three folds.
    let defaults =
        {
            Plan = SearchPlan.Random 20
            Folds = 3
            Seed = Seed.ofInt 1
        }

    let private trials (plan: SearchPlan) =
        match plan with
        | SearchPlan.Random n
        | SearchPlan.Halving(n, _) -> n

    /// Every fault, in plain sentences.
    let faults (ranges: SearchRange list) (o: SearchOptions) : string list =
        [
            if trials o.Plan < 1 then
                $"search: expected at least 1 trial, received {trials o.Plan}"
            match o.Plan with
            | SearchPlan.Halving(_, keep) when keep < 2 ->
                $"search: expected to keep one in 2 or more, received one in {keep}"
            | _ -> ()
            if o.Folds < 2 then
                $"search: expected at least 2 folds, received {o.Folds}"
            if ranges.IsEmpty then
                "search: expected at least one setting to vary"
            for range in ranges do
                if range.Values.IsEmpty then
                    $"search: expected values of {range.Setting}, received none"
            for name, count in ranges |> List.countBy _.Setting do
                if count > 1 then
                    $"search: expected {name} once, received it {count} times"
        ]

    /// How many trials are drawn.
    let count (o: SearchOptions) : int = trials o.Plan

    /// The rungs: how many trials, at most, on which share of the rows; all rows at the last.
    let rungs (o: SearchOptions) : (int * float) list =
        match o.Plan with
        | SearchPlan.Random n -> [ n, 1.0 ]
        | SearchPlan.Halving(n, keep) ->
            let rec counts left =
                left :: (if left <= 1 then [] else counts (max 1 (left / keep)))

            let all = counts n

            all
            |> List.mapi (fun i count -> count, System.Math.Pow(float keep, float (i + 1 - all.Length)))

    let private draw (ranges: SearchRange list) (seed: Seed) (number: int) : (string * string) list =
        ranges
        |> List.map (fun range ->
            let bits = Seed.bits (int64 number) (Seed.derive range.Setting 0 seed)
            range.Setting, range.Values[int (bits % uint64 range.Values.Length)])

    /// The values of the trials, one of each range, drawn evenly and none twice: fewer than asked for where there are no more. The first few are the same however many are
    /// drawn.
    let draws (ranges: SearchRange list) (o: SearchOptions) : (string * string) list list =
        let enough = 200 * count o

        Seq.init enough (draw ranges o.Seed)
        |> Seq.distinct
        |> Seq.truncate (count o)
        |> List.ofSeq
