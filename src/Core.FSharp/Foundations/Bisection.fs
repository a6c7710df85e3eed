namespace Limen.Core

/// Binary search in numbers that are in order.
[<RequireQualifiedAccess>]
module internal Bisection =

    /// The first of the places from `first` up to `past` at which a condition holds that, once it holds, holds at all later places; `past` where it holds
    /// at none.
    let firstPlace (first: int) (past: int) (holds: int -> bool) : int =
        let mutable low, high = first, past

        while low < high do
            let middle = low + (high - low) / 2

            if holds middle then high <- middle else low <- middle + 1

        low
