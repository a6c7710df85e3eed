namespace Limen.Core.Reporting

open System.Globalization

/// Numbers as a report writes them.
[<RequireQualifiedAccess>]
module internal Numerals =

    /// At most two decimals, thousands parted.
    let whole (v: float) =
        v.ToString("#,0.##", CultureInfo.InvariantCulture)

    let percent (part: int) (all: int) =
        $"{100.0 * float part / float (max 1 all):F1} %%"

    /// A difference, its sign before it.
    let signed (v: float) =
        if v >= 0.0 then $"+{v:F4}" else $"−{-v:F4}"

    let interval (lower: float, upper: float) = $"{lower:F4} to {upper:F4}"
