namespace Limen.Properties

open System
open Expecto

/// |a - b| <= Absolute + Relative * max(|a|, |b|); infinities agree only with themselves, NaN with nothing.
type Tolerance = { Absolute: float; Relative: float }

[<RequireQualifiedAccess>]
module Tolerance =

    /// For float32 results of short sums.
    let float32 = { Absolute = 1e-6; Relative = 1e-5 }

    /// For float64 results: metrics.
    let float64 = { Absolute = 1e-12; Relative = 1e-12 }

    let close (t: Tolerance) (a: float) (b: float) =
        a = b
        || (Double.IsFinite a
            && Double.IsFinite b
            && abs (a - b) <= t.Absolute + t.Relative * max (abs a) (abs b))

    /// Fails, naming the first place where the two differ.
    let require (t: Tolerance) (what: string) (expected: float seq) (received: float seq) =
        let e = Seq.toArray expected
        let r = Seq.toArray received
        Expect.equal r.Length e.Length $"{what}: length"

        for i in 0 .. e.Length - 1 do
            if not (close t e[i] r[i]) then
                failtest $"{what}[{i}]: expected {e[i]:R}, received {r[i]:R}"
