module Limen.Properties.AdamWProperties

open System
open Expecto
open Limen.Kernels

/// Steps of size 0.1 at most; a moment near zero gives a relative error to its update.
let private tolerance = { Absolute = 2e-6; Relative = 1e-5 }

let private large =
    {
        Start = Array.init 100_003 (fun i -> float32 (i % 100) / 50f - 1f)
        Gradients = Array.init 3 (fun s -> Array.init 100_003 (fun i -> float32 ((i * 7 + s) % 13) - 6f))
        Settings = AdamWSettings()
    }

/// Moments of 16 bits: 1 % of an update, most times, and 10 % of the way that dense AdamW has gone where a moment that two gradients
/// have brought to 0 but for its rounding goes on in a pause; besides, float32 sums, and epsilon held fixed within a pause.
let private requireNear what (way: float[]) (expected: float[]) (actual: float32[]) =
    for way, expected, actual in Array.zip3 way expected actual do
        if not (abs (float actual - expected) <= 0.1 * way + 2e-5 * (1.0 + abs expected)) then
            failwith $"{what}: expected {expected}, received {actual}, the way is {way}"

/// The way that each weight has gone after every step.
let private ways (c: LazyCase) (trajectory: float[][]) =
    (Array.create c.Initial.Length 0.0, Array.append [| Array.map float c.Initial |] trajectory |> Array.pairwise)
    ||> Array.scan (fun way (before, after) -> Array.map3 (fun s a b -> s + abs (b - a)) way before after)
    |> Array.tail

let private lazySettings (c: LazyCase) = AdamWSettings(WeightDecay = c.Decay)

let private lazyWeights step (c: LazyCase) =
    let settings = lazySettings c
    let w = Array.copy c.Initial
    let optimiser = LazyAdamW(c.Rows, c.Width, &settings)
    Array.iter2 (fun struct (ids, gradient) rate -> step c optimiser w ids gradient rate) c.Touches c.Rates
    optimiser.Flush w
    w

let private rounding = { Absolute = 2e-5; Relative = 2e-5 }

let private cases = Cases.from [ typeof<AdamWArbitraries> ]

[<Tests>]
let tests =
    testList
        "AdamW"
        [
            property cases "fast AdamW is plain AdamW, at every vector width" (fun (c: AdamWCase) ->
                let w, m, v = AdamWCases.run AdamWCases.plain c

                for fw, fm, fv in Across.widths (fun () -> AdamWCases.run AdamWCases.fast c) do
                    Tolerance.require tolerance "w" (Across.widen w) (Across.widen fw)
                    Tolerance.require tolerance "m" (Across.widen m) (Across.widen fm)
                    Tolerance.require tolerance "v" (Across.widen v) (Across.widen fv))

            testCase "two steps from one are torch's two steps" (fun () ->
                let w, m, v = [| 1f |], [| 0f |], [| 0f |]
                let settings = AdamWSettings(Rate = 0.1f, WeightDecay = 0.1f)
                AdamWCases.fast w [| 0.5f |] m v settings 1
                Tolerance.require Tolerance.float32 "first" [ 0.99 - 0.1 ] (Across.widen w)
                AdamWCases.fast w [| -0.25f |] m v settings 2
                // m = 0.9 * 0.05 - 0.1 * 0.25 = 0.02, v = 0.999 * 0.00025 + 0.001 * 0.0625 = 0.00031225
                let update = 0.02 / 0.19 / sqrt (0.00031225 / 0.001999)
                Tolerance.require Tolerance.float32 "second" [ 0.89 * 0.99 - 0.1 * update ] (Across.widen w))

            testCase "the number of threads does not change a bit" (fun () ->
                let results = Across.threads (fun () -> AdamWCases.run AdamWCases.fast large)
                Require.equal 1 (List.length (List.distinct results)))

            testCase "a step allocates nothing" (fun () ->
                let w, m, v = Array.copy large.Start, Across.zeros 100_003, Across.zeros 100_003
                let g, settings = large.Gradients[0], large.Settings

                let bytes = Across.allocated (fun () -> AdamW.Step(w, g, m, v, &settings, 3))

                Require.equal 0L bytes)

            property (cases |> Cases.times 50) "lazy AdamW, flushed at the end, is dense AdamW" (fun (c: LazyCase) ->
                let expected = AdamWCases.denseWeights c
                let way = Array.last (ways c expected)

                for w in Across.widths (fun () -> lazyWeights AdamWCases.throughBatch c) do
                    requireNear "the end" way (Array.last expected) w)

            property
                (cases |> Cases.times 50)
                "but for the bits that the moments lose, it is so within float32's rounding"
                (fun (c: LazyCase) ->
                    let expected = Array.last (AdamWCases.roundedWeights c)

                    for w in Across.widths (fun () -> lazyWeights AdamWCases.throughBatch c) do
                        Tolerance.require rounding "w" expected (Across.widen w))

            property
                (cases |> Cases.times 50)
                "a gradient given by rows does what the batch's does"
                (fun (c: LazyCase) ->
                    let byRows
                        _
                        (optimiser: LazyAdamW)
                        (w: float32[])
                        (ids: int[])
                        (gradient: float32[])
                        (rate: float32)
                        =
                        optimiser.Step(w, ReadOnlySpan ids, ReadOnlySpan gradient, rate)

                    lazyWeights byRows c = lazyWeights AdamWCases.throughBatch c)

            property
                (cases |> Cases.times 50)
                "AdamW with moments of 16 bits is lazy AdamW whose steps touch every row"
                (fun (c: LazyCase) ->
                    let settings = lazySettings c
                    let all = Array.init c.Rows id

                    let gradient t =
                        Array.init c.Initial.Length (fun i -> float32 ((i * 7 + t * 5) % 13) - 6f)

                    let touched =
                        { c with
                            Touches = Array.init (min 20 c.Rates.Length) (fun t -> struct (all, gradient t))
                            Rates = Array.truncate 20 c.Rates
                        }

                    let dense () =
                        let w = Array.copy c.Initial
                        let moments: uint16[] = Array.zeroCreate (2 * w.Length)

                        touched.Rates
                        |> Array.iteri (fun t rate ->
                            let now = AdamWSettings(Rate = rate, WeightDecay = settings.WeightDecay)
                            AdamW.Step(w, ReadOnlySpan(gradient t), moments, c.Width, &now, t + 1))

                        w

                    let lazily () =
                        lazyWeights AdamWCases.throughBatch touched

                    Across.widths dense @ Across.threads dense = Across.widths lazily @ Across.threads lazily)

            property
                (cases |> Cases.times 50)
                "a row that has caught up holds what dense AdamW holds at that step, but for the bits that the moments lose"
                (fun (c: LazyCase) ->
                    let settings = lazySettings c
                    let expected = AdamWCases.roundedWeights c
                    let w = Array.copy c.Initial
                    let optimiser = LazyAdamW(c.Rows, c.Width, &settings)

                    for t in 0 .. c.Touches.Length - 1 do
                        let struct (ids, gradient) = c.Touches[t]

                        // rows that catch up without being touched afterwards, too
                        if t % 7 = 3 then
                            optimiser.Flush w

                        optimiser.CatchUp(w, ids)

                        if t > 0 then
                            for id in ids do
                                let row (x: 'a[]) = Array.sub x (id * c.Width) c.Width

                                Tolerance.require
                                    rounding
                                    $"step {t}, row {id}"
                                    (row expected[t - 1])
                                    (Across.widen (row w))

                        AdamWCases.throughBatch c optimiser w ids gradient c.Rates[t]

                    optimiser.Steps = c.Touches.Length)

            testCase "a second moment that falls by less than its 16 bits tell apart falls all the same" (fun () ->
                let steps = 3000

                let c =
                    {
                        Rows = 1
                        Width = 17
                        Initial = Array.zeroCreate 17
                        Touches =
                            Array.init steps (fun t ->
                                let size = if t < 300 then 1f else 0.05f

                                struct ([| 0 |],
                                        Array.init 17 (fun h ->
                                            size * (1f + float32 h / 17f) * (if h % 2 = 0 then 1f else -1f))))
                        Rates = Array.create steps 1e-3f
                        Decay = 0f
                    }

                let expected = AdamWCases.denseWeights c

                requireNear
                    "the end"
                    (Array.last (ways c expected))
                    (Array.last expected)
                    (lazyWeights AdamWCases.throughBatch c))

            testCase "moments that would not shrink are refused" (fun () ->
                let settings = AdamWSettings(Beta1 = 0.9f, Beta2 = 0.8f)

                Require.throws<ArgumentException>(fun () -> LazyAdamW(1, 1, &settings)))
        ]
