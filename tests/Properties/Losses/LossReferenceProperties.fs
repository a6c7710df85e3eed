/// Values and gradients of other software.
module Limen.Properties.LossReferenceProperties

open System.Text.Json
open Expecto
open Limen
open Limen.Core
open TorchSharp
open Limen.Properties.LossValues

let private ofFixture (case: JsonElement) (name: string) =
    let bce = Bce.loss

    match name with
    | "bce_theta_mean" -> bce
    | "bce_theta_pos_weight_mean" ->
        Bce.weighted (Fixtures.numbers (case.GetProperty "pos_weight") |> Array.map float32)
    | "margin_symmetric_mean" -> Margin.loss MarginForm.Symmetric 0.1
    | "margin_ranking_mean" -> Margin.loss MarginForm.Ranking 0.1
    | "paper_total" -> Losses.paper 0.1 0.1 MarginForm.Symmetric
    | "focal_mean" -> Focal.loss 2.0
    | "asl_sum" -> Loss.summed (Asymmetric.loss Asymmetric.defaults)
    | "label_smoothing_bce_mean" -> Smoothing.loss (Smoothing.Even 0.1)
    | "ldam_mean" ->
        Ldam.loss 3.0
        |> Loss.counted (LabelCounts.create 100 (Fixtures.numbers (case.GetProperty "label_counts") |> Array.map int))
    | "dice_label" -> Dice.loss Dice.defaults
    | "macro_auc_pairwise" -> Pairwise.loss LossScope.PerLabel
    | "decoupled_softmax_mean_over_positives" -> Softmax.loss SoftmaxForm.Decoupled
    | "separated_lse_mean" -> Softmax.loss SoftmaxForm.Separated
    | other -> failwith $"no loss is named for the fixture {other}"

[<Tests>]
let tests =
    testList
        "LossReference"
        [
            testCase "values and gradients agree with float64 autograd of other software" (fun () ->
                let mutable compared = 0

                for number, case in List.indexed (Fixtures.cases "losses") do
                    let read (name: string) = case.GetProperty name

                    for entry in (read "losses").EnumerateObject() do
                        Tensors.using (fun () ->
                            let rows (name: string) =
                                (read name |> Fixtures.matrix |> tensor).to_type torch.ScalarType.Float32

                            let vector (name: string) =
                                torch.from_array (read name |> Fixtures.numbers |> Array.map float32)

                            let leaf (t: torch.Tensor) = t.requires_grad_ true
                            let z = leaf (rows "z")
                            let lambda = leaf (Tensors.scalar (Fixtures.number (read "lambda")))

                            let alpha, beta, bias =
                                leaf (vector "alpha"), leaf (vector "beta"), leaf (vector "bias")

                            let theta = Fusion.thresholds lambda alpha beta bias (vector "idf") (rows "knn")

                            let value =
                                Loss.value
                                    (ofFixture case entry.Name)
                                    (Targets(rows "y"))
                                    (Spaces.margins theta (Logits z))

                            value.backward ()
                            let what = $"case {number}, {entry.Name}"

                            Tolerance.require
                                Tolerance.float32
                                what
                                [ Fixtures.number (entry.Value.GetProperty "value") ]
                                [ Tensors.item value ]

                            for name, leaf in [ "z", z; "lambda", lambda; "alpha", alpha; "beta", beta; "bias", bias ] do
                                let expected = entry.Value.GetProperty("grad").GetProperty name

                                let flat =
                                    match name with
                                    | "z" -> Fixtures.matrix expected |> Array.concat
                                    | "lambda" -> [| Fixtures.number expected |]
                                    | _ -> Fixtures.numbers expected

                                Tolerance.require Tolerance.float32 $"{what}, d {name}" flat (Float64.gradient leaf)

                                compared <- compared + 1)

                Require.equal (5 * (13 * 6 - 1)) compared)
        ]
