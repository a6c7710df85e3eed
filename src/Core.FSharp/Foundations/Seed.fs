namespace Limen.Core

open System

/// A stream of random numbers that is a value of its seed alone: the same seed gives the same numbers on every
/// machine, engine and thread count. SplitMix64 (Steele, Lea, Flood 2014, https://doi.org/10.1145/2660193.2660195).
[<Struct>]
type Seed = Seed of uint64

[<RequireQualifiedAccess>]
module Seed =

    let private golden = 0x9E3779B97F4A7C15UL

    let private mix (z: uint64) =
        let z = (z ^^^ (z >>> 30)) * 0xBF58476D1CE4E5B9UL
        let z = (z ^^^ (z >>> 27)) * 0x94D049BB133111EBUL
        z ^^^ (z >>> 31)

    /// The stream of an integer seed.
    let ofInt (seed: int) = Seed(mix (uint64 seed + golden))

    /// An independent stream for a named purpose ("weights", "dropout", ...) and a counter (epoch, layer, ...).
    let derive (purpose: string) (counter: int) (Seed s) =
        let folded = purpose |> Seq.fold (fun h c -> mix (h + uint64 c + golden)) s
        Seed(mix (folded + uint64 counter * golden))

    /// The i-th number of the stream, uniform over all 64-bit values.
    let bits (i: int64) (Seed s) = mix (s + uint64 (i + 1L) * golden)

    /// The i-th number of the stream, uniform in [0, 1).
    let uniform (i: int64) seed =
        float (bits i seed >>> 11) * (1.0 / 9007199254740992.0)

    /// The i-th standard normal number of the stream (Box-Muller over a pair of uniforms).
    let normal (i: int64) seed : float32 =
        let u = 1.0 - uniform (2L * i) seed
        let v = uniform (2L * i + 1L) seed
        float32 (sqrt (-2.0 * log u) * cos (2.0 * Math.PI * v))

    /// The first n standard normal numbers.
    let normals (n: int) seed : float32[] =
        Array.init n (fun i -> normal (int64 i) seed)

    /// A permutation of 0 .. n - 1 (Fisher-Yates).
    let permutation (n: int) seed : int[] =
        let p = Array.init n id

        for i in n - 1 .. -1 .. 1 do
            let j = int (bits (int64 i) seed % uint64 (i + 1))
            let t = p[i]
            p[i] <- p[j]
            p[j] <- t

        p
