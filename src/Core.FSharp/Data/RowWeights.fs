namespace Limen.Core

open System

/// How much each row counts [N], finite and at least 0: a row of weight 2 counts as that row twice. None is 1 each.
[<RequireQualifiedAccess>]
module RowWeights =

    /// Whether a number can be a weight.
    let isWeight (w: float32) : bool = Single.IsFinite w && w >= 0f

    /// Throws ArgumentException where there are not N weights, or one is not finite or below 0.
    let require (rows: int) (weights: float32[]) : unit =
        Shape.require (nameof weights) "[N]" [ rows ] [ weights.Length ]

        weights
        |> Array.iteri (fun row w ->
            if not (isWeight w) then
                invalidArg (nameof weights) $"row {row + 1}: expected a finite weight of at least 0, received {w}")

    /// The weights of the chosen rows.
    let selectRows (chosen: int[]) (weights: float32[] option) : float32[] option =
        weights |> Option.map (fun w -> chosen |> Array.map (Array.get w))
