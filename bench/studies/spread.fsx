// How far values of several seeds lie apart, for the studies that ask.
module Spread

#load "limen.fsx"

open System
open Limen.Core

/// The standard deviation.
let deviation (xs: float[]) =
    let m = Array.average xs
    sqrt ((xs |> Array.sumBy (fun x -> (x - m) * (x - m))) / float (xs.Length - 1))

/// 95 % of f over seeds drawn with replacement.
let interval (n: int) (f: int[] -> float) =
    let drawn =
        [|
            for draw in 1..2000 do
                let stream = Seed.derive "bootstrap" draw (Seed.ofInt 7)
                f (Array.init n (fun i -> int (Seed.uniform (int64 i) stream * float n)))
        |]
        |> Array.filter Double.IsFinite
        |> Array.sort

    drawn[drawn.Length / 40], drawn[drawn.Length - 1 - drawn.Length / 40]
