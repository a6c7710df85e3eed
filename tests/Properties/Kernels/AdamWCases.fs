namespace Limen.Properties

open System
open FsCheck.FSharp
open Limen.Kernels

/// A run of AdamW: start weights and the gradient of each step.
[<ReferenceEquality>]
type AdamWCase =
    {
        Start: float32[]
        Gradients: float32[][]
        Settings: AdamWSettings
    }

/// A run of AdamW on a matrix [D, H]: each step touches some rows, with a rate of its own.
[<ReferenceEquality>]
type LazyCase =
    {
        Rows: int
        Width: int
        Initial: float32[]
        Touches: struct (int[] * float32[])[]
        Rates: float32[]
        Decay: float32
    }

[<RequireQualifiedAccess>]
module AdamWCases =

    let dense =
        gen {
            let! n = Gen.choose (0, 70)
            let! steps = Gen.choose (1, 8)
            let! start = Gen.arrayOfLength n Generators.value
            let! gradients = Gen.arrayOfLength steps (Gen.arrayOfLength n Generators.value)
            let! rate = Gen.elements [ 1e-4f; 1e-2f; 0.1f ]
            let! decay = Gen.elements [ 0f; 0.01f; 0.5f ]

            return
                {
                    Start = start
                    Gradients = gradients
                    Settings = AdamWSettings(Rate = rate, WeightDecay = decay)
                }
        }

    /// Rows are touched often, rarely or never; the rate is constant or falls linearly.
    let sparse =
        gen {
            let! rows = Gen.choose (1, 8)
            let! width = Gen.choose (1, 20)
            let! steps = Gen.choose (1, 400)
            let! percents = Gen.arrayOfLength rows (Gen.elements [ 0; 1; 3; 20; 90 ])
            let! initial = Gen.arrayOfLength (rows * width) Generators.value

            let step =
                gen {
                    let! dice = Gen.arrayOfLength rows (Gen.choose (1, 100))

                    let touched =
                        [|
                            for r in 0 .. rows - 1 do
                                if dice[r] <= percents[r] then
                                    r
                        |]

                    let! gradient = Gen.arrayOfLength (touched.Length * width) Generators.value
                    return struct (touched, gradient)
                }

            let! touches = Gen.arrayOfLength steps step
            let! falling = Gen.elements [ true; false ]
            let! decay = Gen.elements [ 0f; 0.01f; 0.5f ]

            return
                {
                    Rows = rows
                    Width = width
                    Initial = initial
                    Touches = touches
                    Rates =
                        Array.init steps (fun i ->
                            if falling then
                                1e-2f * (1f - float32 i / float32 steps)
                            else
                                1e-2f)
                    Decay = decay
                }
        }

    let run step (c: AdamWCase) =
        let w = Array.copy c.Start
        let m = Across.zeros w.Length
        let v = Across.zeros w.Length
        c.Gradients |> Array.iteri (fun i g -> step w g m v c.Settings (i + 1))
        w, m, v

    let fast (w: float32[]) (g: float32[]) (m: float32[]) (v: float32[]) (settings: AdamWSettings) step =
        AdamW.Step(w, g, m, v, &settings, step)

    let plain (w: float32[]) (g: float32[]) (m: float32[]) (v: float32[]) (settings: AdamWSettings) step =
        AdamW.StepPlain(w, g, m, v, &settings, step)

    /// A batch that touches the given features: one row for each, with value 1, so that its output gradient is their weights' gradient.
    let touch (c: LazyCase) (ids: int[]) =
        let x =
            Limen.Core.Csr.ofRows c.Rows (Array.init c.Rows (fun r -> [| struct (r, 1f) |]))

        let touched = TouchedRows()
        touched.Gather(x, ids)
        touched

    /// One step of the optimiser through a batch.
    let throughBatch (c: LazyCase) (optimiser: LazyAdamW) (w: float32[]) (ids: int[]) (gradient: float32[]) rate =
        optimiser.Step(w, touch c ids, ReadOnlySpan gradient, rate)

    /// The weights of dense AdamW in float64 after every step.
    let denseWeights (c: LazyCase) =
        let w = Array.map float c.Initial
        let m = Array.zeroCreate<float> w.Length
        let v = Array.zeroCreate<float> w.Length
        let b1, b2, eps = float 0.9f, float 0.999f, float 1e-8f

        [|
            for t in 1 .. c.Touches.Length do
                let struct (ids, gradient) = c.Touches[t - 1]
                let rate = float c.Rates[t - 1]
                let g = Array.zeroCreate<float> w.Length

                ids
                |> Array.iteri (fun i id ->
                    for h in 0 .. c.Width - 1 do
                        g[id * c.Width + h] <- float gradient[i * c.Width + h])

                for i in 0 .. w.Length - 1 do
                    m[i] <- b1 * m[i] + (1.0 - b1) * g[i]
                    v[i] <- b2 * v[i] + (1.0 - b2) * g[i] * g[i]
                    let root = sqrt (v[i] / (1.0 - b2 ** float t)) + eps
                    w[i] <- w[i] * (1.0 - rate * float c.Decay) - rate * m[i] / (1.0 - b1 ** float t) / root

                Array.copy w
        |]

    /// The 16 bits that a number keeps above so many lowest ones, rounded by a step's dither.
    let private kept (lowest: int) (step: int) (value: float32) =
        let round = RowMoments.Dither step >>> (32 - lowest)
        BitConverter.UInt32BitsToSingle(((BitConverter.SingleToUInt32Bits value + round) >>> lowest) <<< lowest)

    /// The weights, after every step, of dense AdamW whose moments lose their low bits in the steps that touch their row, and in no other.
    let roundedWeights (c: LazyCase) : float[][] =
        let b1, b2, eps = 0.9f, 0.999f, float 1e-8f
        let w = Array.map float c.Initial
        let m, v = Across.zeros w.Length, Across.zeros w.Length
        let last: int[] = Array.zeroCreate c.Rows

        let move t i (m: float) (v: float) =
            let rate = float c.Rates[t - 1]
            let root = sqrt (v / (1.0 - float b2 ** float t)) + eps

            w[i] <-
                w[i] * (1.0 - rate * float c.Decay)
                - rate * m / (1.0 - float b1 ** float t) / root

        [|
            for t in 1 .. c.Touches.Length do
                let struct (ids, gradient) = c.Touches[t - 1]

                for row in 0 .. c.Rows - 1 do
                    let at = Array.IndexOf(ids, row)
                    let missed = t - 1 - last[row]

                    for h in 0 .. c.Width - 1 do
                        let i = row * c.Width + h

                        if at < 0 then
                            let past = float (missed + 1)
                            move t i (float m[i] * float b1 ** past) (float v[i] * float b2 ** past)
                        else
                            let g = gradient[at * c.Width + h]
                            let decay b = b * float32 (float b ** float missed)
                            let first = MathF.FusedMultiplyAdd(decay b1, m[i], (1f - b1) * g)
                            let second = MathF.FusedMultiplyAdd(decay b2, v[i], (1f - b2) * g * g)
                            move t i (float first) (float second)
                            m[i] <- kept 16 (t - 1) first
                            v[i] <- kept 15 (t - 1) second

                    if at >= 0 then
                        last[row] <- t

                Array.copy w
        |]

type AdamWArbitraries =
    static member Dense() = Arb.fromGen AdamWCases.dense
    static member Sparse() = Arb.fromGen AdamWCases.sparse
