namespace Limen.Core

open Limen

/// What the fused kernel computes: Bce * BCE (with PosWeight) + weight * margin loss (weight, Delta, form), each a mean over pairs.
type FusedTerms =
    {
        Bce: float
        PosWeight: float32[] option
        Margin: (float * float * MarginForm) option
    }

[<RequireQualifiedAccess>]
module FusedTerms =

    let private total (terms: (float * FusedForm) list) = terms |> List.sumBy fst

    /// The loss in the terms of the fused kernel, where it is a weighted sum of BCE, all with the same pos_weight, and of one margin
    /// loss (any number of terms of the same Delta and form); None for every other loss.
    let ofLoss (loss: Loss) : FusedTerms option =
        let counted = Loss.terms loss |> List.filter (fun t -> t.Factor <> 0.0)

        let fused =
            counted
            |> List.choose (fun t ->
                match t.Fused with
                | Some form when not t.Summed && t.Masks.IsEmpty && t.Weights.IsEmpty -> Some(t.Factor, form)
                | _ -> None)

        let bce, margins = fused |> List.partition (fun (_, form) -> form.IsFusedBce)

        match fused.Length = counted.Length, List.distinct (List.map snd bce), List.distinct (List.map snd margins) with
        | true, ([] | [ _ ] as weighted), ([] | [ _ ] as margin) ->
            Some
                {
                    Bce = total bce
                    PosWeight =
                        match weighted with
                        | [ FusedBce posWeight ] -> posWeight
                        | _ -> None
                    Margin =
                        match margin with
                        | [ FusedMargin(form, delta) ] -> Some(total margins, delta, form)
                        | _ -> None
                }
        | _ -> None

    /// The kernel's terms, the sum over pairs times a scale.
    let internal toKernel (scale: float32) (terms: FusedTerms) : Limen.Kernels.LossTerms =
        let weight, delta, reading =
            match terms.Margin with
            | Some(weight, delta, MarginForm.Ranking) -> weight, delta, Limen.Kernels.MarginReading.Ranking
            | Some(weight, delta, _) -> weight, delta, Limen.Kernels.MarginReading.Symmetric
            | None -> 0.0, 0.0, Limen.Kernels.MarginReading.Symmetric

        Limen.Kernels.LossTerms(float32 terms.Bce, float32 weight, float32 delta, reading, scale)
