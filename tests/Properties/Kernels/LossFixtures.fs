/// The adaptive loss against float64 autograd (PyTorch), through the chain rule from offset and slope to the paper's parameters.
module Limen.Properties.LossFixtures

open System.Text.Json
open Expecto
open Limen.Core
open Limen.Kernels

let private terms name (count: float) =
    let one bce margin reading =
        LossTerms(bce, margin, 0.1f, reading, float32 (1.0 / count))

    match name with
    | "bce_theta_mean"
    | "bce_theta_pos_weight_mean" -> one 1f 0f MarginReading.Symmetric
    | "margin_symmetric_mean" -> one 0f 1f MarginReading.Symmetric
    | "margin_ranking_mean" -> one 0f 1f MarginReading.Ranking
    | _ -> one 1f 0.1f MarginReading.Symmetric

let private sparse (columns: int) (rows: float[][]) =
    rows
    |> Array.map (fun row ->
        [|
            for l in 0 .. columns - 1 do
                if row[l] <> 0.0 then
                    struct (l, float32 row[l])
        |])
    |> Csr.ofRows columns

let private narrow = Array.map float32

let private check (name: string) (case: JsonElement) =
    let get (key: string) = case.GetProperty key

    let z, y, knn =
        Fixtures.matrix (get "z"), Fixtures.matrix (get "y"), Fixtures.matrix (get "knn")

    let numbers key = Fixtures.numbers (get key)

    let idf, alpha, beta, bias =
        numbers "idf", numbers "alpha", numbers "beta", numbers "bias"

    let lambda = Fixtures.number (get "lambda")
    let labels = idf.Length

    let posWeight =
        if name = "bce_theta_pos_weight_mean" then
            narrow (numbers "pos_weight")
        else
            [||]

    let result =
        LossCases.fast
            {
                Labels = labels
                Targets = sparse labels y
                Local = sparse labels knn
                Rows = [| 0 .. z.Length - 1 |]
                RowWeights = [||]
                Logits = narrow (Array.concat z)
                Offset = Array.init labels (fun l -> float32 (lambda * alpha[l] * idf[l] + bias[l]))
                Slope = Array.init labels (fun l -> float32 ((1.0 - lambda) * beta[l]))
                PosWeight = posWeight
                Terms = terms name (float (z.Length * labels))
            }

    let dOffset = Across.widen result.OffsetGradient
    let dSlope = Across.widen result.SlopeGradient
    let expected = (get "losses").GetProperty name
    let gradient = expected.GetProperty "grad"

    let require what e r =
        Tolerance.require Tolerance.float32 $"{name}, {what}" e r

    require "value" [ Fixtures.number (expected.GetProperty "value") ] [ result.Loss ]
    require "z" (Array.concat (Fixtures.matrix (gradient.GetProperty "z"))) (Across.widen result.Gradient)
    require "bias" (Fixtures.numbers (gradient.GetProperty "bias")) dOffset

    require
        "alpha"
        (Fixtures.numbers (gradient.GetProperty "alpha"))
        (Array.init labels (fun l -> dOffset[l] * lambda * idf[l]))

    require
        "beta"
        (Fixtures.numbers (gradient.GetProperty "beta"))
        (Array.init labels (fun l -> dSlope[l] * (1.0 - lambda)))

    require
        "lambda"
        [ Fixtures.number (gradient.GetProperty "lambda") ]
        [
            Seq.sum (Seq.init labels (fun l -> dOffset[l] * alpha[l] * idf[l] - dSlope[l] * beta[l]))
        ]

[<Tests>]
let tests =
    testList
        "LossFixtures"
        [
            testTheory
                "values and gradients agree with float64 autograd"
                [
                    "bce_theta_mean"
                    "bce_theta_pos_weight_mean"
                    "margin_symmetric_mean"
                    "margin_ranking_mean"
                    "paper_total"
                ]
                (fun (name: string) ->
                    let cases = Fixtures.cases "losses"
                    Require.isNonEmpty cases
                    List.iter (check name) cases)
        ]
