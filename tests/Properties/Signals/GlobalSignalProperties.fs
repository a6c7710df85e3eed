/// Every global signal of the registry with the laws of all global signals.
module Limen.Properties.GlobalSignalProperties

open System
open Expecto
open FsCheck
open Limen.Core

/// Counts of labels among so many training rows.
let private counts (positives: NonNegativeInt[]) =
    let n = positives |> Array.map (fun (NonNegativeInt n) -> n % 500)
    LabelCounts.create 1000 n

let private everywhere law =
    GlobalSignals.examples |> List.forall law

[<Tests>]
let tests =
    testList
        "GlobalSignal"
        [
            property Cases.any "one finite number of at least 0 for each label" (fun positives ->
                let c = counts positives

                everywhere (fun signal ->
                    let values = signal.Fit c

                    values.Length = positives.Length
                    && values |> Array.forall (fun v -> Single.IsFinite v && v >= 0f)))

            property Cases.any "of two labels the one in fewer rows has no smaller number" (fun positives ->
                let c = counts positives

                everywhere (fun signal ->
                    Array.zip c.Positives (signal.Fit c)
                    |> Array.sortBy fst
                    |> Array.pairwise
                    |> Array.forall (fun ((n, rarer), (m, commoner)) ->
                        rarer >= commoner && (n <> m || rarer = commoner))))

            property
                (Cases.from [ typeof<SignalArbitraries> ])
                "a row of weight 2 counts as that row twice, one of weight 0 not at all"
                (fun (case: SignalCase) ->
                    let weighted, repeated = SignalCase.weighted case.Training

                    everywhere (fun signal ->
                        signal.Fit(LabelCounts.ofRows weighted) = signal.Fit(LabelCounts.ofRows repeated)))

            property Cases.any "a label's number does not depend on the other labels" (fun positives ->
                let c = counts positives

                everywhere (fun signal ->
                    let together = signal.Fit c

                    c.Positives
                    |> Array.indexed
                    |> Array.forall (fun (l, n) -> signal.Fit { c with Positives = [| n |] } = [| together[l] |])))

            property Cases.any "rarity is the signal over the largest of labels that occur, in 0 to 1" (fun positives ->
                let c = counts positives

                everywhere (fun signal ->
                    let rarity = GlobalSignals.rarity (Some signal) c
                    let values = signal.Fit c

                    let largest chosen =
                        Array.zip c.Positives values
                        |> Array.filter (fst >> chosen)
                        |> Array.map snd
                        |> Array.fold max 0f

                    let top =
                        match largest (fun n -> n > 0.0) with
                        | 0f -> largest (fun _ -> true)
                        | top -> top

                    rarity |> Array.forall (fun r -> r >= 0f && r <= 1f)
                    && (top = 0f
                        || Array.forall2 (fun r v -> abs (r - min 1f (v / top)) <= 1e-5f) rarity values)))
        ]
