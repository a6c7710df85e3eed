namespace Limen.Core

open System
open System.Collections.Generic
open System.Globalization
open Limen
open Limen.Kernels

/// Which rows of one file are of which part.
[<RequireQualifiedAccess>]
module Splitting =

    /// What is wrong with options, nothing for good ones.
    let faults (o: SplitOptions) : string list =
        [
            if
                not (
                    o.Validation >= 0.0
                    && o.Test >= 0.0
                    && o.Validation + o.Test > 0.0
                    && o.Validation + o.Test < 1.0
                )
            then
                $"split: expected shares of at least 0 that add up to more than 0 and less than 1, received {o.Validation} for validation and {o.Test} for test"
        ]

    /// The part with the largest first number, of equals the one with the largest second, of equals the first.
    let private neediest (ofLabel: float[]) (ofRows: float[]) : int =
        let mutable best = 0

        for p in 1 .. ofRows.Length - 1 do
            if
                ofLabel[p] > ofLabel[best]
                || (ofLabel[p] = ofLabel[best] && ofRows[p] > ofRows[best])
            then
                best <- p

        best

    /// How often each label is among the rows of a unit.
    let private labelsOf (sets: CsrMatrix) (unit: int[]) : (int * int)[] =
        unit |> Array.collect (fun row -> Csr.set row sets) |> Array.countBy id

    /// The part (by the place of its share) of each unit, rows that stay together, by iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, algorithm 1,
    /// https://doi.org/10.1007/978-3-642-23808-6_10): the label with the fewest units left is spread first, each of its units to the part that wants most of
    /// it, of equals to the one that wants most rows. Units come in a seeded order; those without labels fill up the parts at the end.
    let stratified (shares: float[]) (seed: Seed) (units: int[][]) (LabelSets sets) : int[] =
        let order = Seed.permutation units.Length seed
        let labels = units |> Array.map (labelsOf sets)
        let byLabel = Array.init sets.Columns (fun _ -> List<int>())
        let totals = Array.zeroCreate<float> sets.Columns

        for u in order do
            for label, count in labels[u] do
                byLabel[label].Add u
                totals[label] <- totals[label] + float count

        let rows = units |> Array.sumBy _.Length
        let wantedRows = shares |> Array.map (fun share -> share * float rows)

        let wanted =
            totals
            |> Array.map (fun total -> shares |> Array.map (fun share -> share * total))

        let left = byLabel |> Array.map _.Count
        let part = Array.create units.Length -1
        let queue = PriorityQueue<struct (int * int), struct (int * int)>()

        let enqueue label =
            if left[label] > 0 then
                queue.Enqueue(struct (label, left[label]), struct (left[label], label))

        let place u p =
            part[u] <- p
            wantedRows[p] <- wantedRows[p] - float units[u].Length

            for label, count in labels[u] do
                wanted[label][p] <- wanted[label][p] - float count
                left[label] <- left[label] - 1
                enqueue label

        for label in 0 .. sets.Columns - 1 do
            enqueue label

        while queue.Count > 0 do
            let struct (label, count) = queue.Dequeue()

            // a label whose count has fallen since stands in the queue again
            if left[label] = count then
                for u in byLabel[label] do
                    if part[u] < 0 then
                        place u (neediest wanted[label] wantedRows)

        for u in order do
            if part[u] < 0 then
                place u (neediest wantedRows wantedRows)

        part

    /// The rows of each group, groups in the order of their first rows.
    let groups (names: string[]) : int[][] =
        names |> Array.indexed |> Array.groupBy snd |> Array.map (snd >> Array.map fst)

    let private moment (text: string) : float option =
        match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, v when Double.IsFinite v -> Some v
        | _ ->
            match DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) with
            | true, at -> Some(float at.UtcTicks)
            | _ -> None

    /// When each row was, in one order; None: the first row whose time is neither a number nor a date.
    let moments (times: string[]) : Result<float[], int> =
        let all = times |> Array.map moment

        match all |> Array.tryFindIndex _.IsNone with
        | Some row -> Error row
        | None -> Ok(all |> Array.map _.Value)

    /// The part of each row by time: the last share of the rows is the last part. Rows of one time stay together, in the later part.
    let byTime (shares: float[]) (moments: float[]) : int[] =
        let order =
            Array.init moments.Length id |> Array.sortBy (fun row -> moments[row], row)

        let ends =
            shares
            |> Array.scan (+) 0.0
            |> Array.skip 1
            |> Array.map (fun s -> int (round (s * float moments.Length)))

        let rec start boundary =
            if
                boundary > 0
                && boundary < order.Length
                && moments[order[boundary]] = moments[order[boundary - 1]]
            then
                start (boundary - 1)
            else
                boundary

        let starts = ends |> Array.map start
        let part = Array.zeroCreate moments.Length

        order
        |> Array.iteri (fun at row ->
            part[row] <-
                starts
                |> Array.take (shares.Length - 1)
                |> Array.filter (fun s -> s <= at)
                |> Array.length)

        part
