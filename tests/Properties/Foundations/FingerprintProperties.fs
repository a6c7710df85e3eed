module Limen.Properties.FingerprintProperties

open System
open Expecto
open Limen
open Limen.Core

let private differs (a: obj) (b: obj) =
    Fingerprint.difference (Fingerprint.ofValue a) (Fingerprint.ofValue b)

/// Away from its default, whatever the type.
let private changed (value: obj) : obj option =
    match value with
    | :? float as x -> Some(box (x + 0.125))
    | :? int as n -> Some(box (n + 1))
    | :? bool as b -> Some(box (not b))
    | null -> None
    | _ -> None

/// Each scorer of the registry, twice, each time anew.
let private scorers () = Scorers.all |> List.collect _.Examples

[<Tests>]
let tests =
    testList
        "Fingerprint"
        [
            testCase "equal values have the same" (fun () ->
                for a, b in List.zip (scorers ()) (scorers ()) do
                    Require.equal None (differs a b))

            testCase "other numbers, texts, cases and functions are told, by name" (fun () ->
                let scale (factor: float) = fun (x: float) -> factor * x

                let pairs: (string * obj * obj) list =
                    [
                        "C", LinearOptions.standard, { LinearOptions.standard with C = 2.0 }
                        "factor", scale 2.0, scale 3.0
                        "", box (Some 1), box None
                        "[1].Count",
                        [ { First = 0; Count = 1 }; { First = 1; Count = 1 } ],
                        [ { First = 0; Count = 1 }; { First = 1; Count = 2 } ]
                        "", [| 1; 2 |], [| 2; 1 |]
                        "", Array.init 100 id, Array.init 100 (fun i -> if i = 50 then 0 else i)
                    ]

                for name, a, b in pairs do
                    match differs a b with
                    | Some(found, _, _) -> Require.equal name found
                    | None -> failtest $"%A{a} and %A{b} have the same fingerprint"

                Require.notEqual None (differs (fun x -> x + 1) (fun x -> x - 1)))

            testCase "every setting of a perceptron is in it" (fun () ->
                for property in typeof<PerceptronOptions>.GetProperties() do
                    let settings = PerceptronOptions(Epochs = 3, BatchSize = 8, Shortlist = 4, Seed = 5)

                    match changed (property.GetValue settings) with
                    | None -> ()
                    | Some other ->
                        let before = Perceptron.scorer settings
                        property.SetValue(settings, other)

                        if differs before (Perceptron.scorer settings) = None then
                            failtest $"{property.Name} is not in it")

            testCase "every two variants of a registry differ" (fun () ->
                let allDiffer (values: obj list) =
                    for i, a in List.indexed values do
                        for b in List.skip (i + 1) values do
                            Require.notEqual None (differs a b)

                scorers () |> List.map box |> allDiffer
                LocalSignals.all |> List.collect _.Examples |> List.map box |> allDiffer
                GlobalSignals.all |> List.collect _.Examples |> List.map box |> allDiffer

                Losses.all
                |> List.collect (fun e -> e.Examples LabelCounts.sample)
                |> List.map box
                |> allDiffer)

            testCase "what holds itself comes to an end" (fun () ->
                let list = ResizeArray<obj>()
                list.Add list
                list.Add "text"
                Require.isNonEmpty (Fingerprint.ofValue list))
        ]
