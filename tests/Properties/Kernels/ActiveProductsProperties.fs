module Limen.Properties.ActiveProductsProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Kernels

/// Hidden units h [B, H] of which some are 0, weights W [L, H] and slopes dz [B, L].
[<ReferenceEquality>]
type ActiveCase =
    {
        Units: int
        Labels: int
        Hidden: float32[]
        Weights: float32[]
        Slopes: float32[]
    }

    member c.Rows = c.Hidden.Length / c.Units

type ActiveArbitraries =

    // around the sizes of tiles (32 units), of a task's rows (64), of one strip (128 labels) and of two
    static member Case() =
        gen {
            let! rows = Gen.oneof [ Gen.choose (0, 9); Gen.choose (60, 70) ]

            let! units =
                Gen.oneof [ Gen.choose (1, 9); Gen.choose (31, 33); Gen.choose (60, 70) ]

            let! labels =
                Gen.oneof [ Gen.choose (0, 9); Gen.choose (125, 131); Gen.choose (255, 258) ]

            let! percent = Gen.elements [ 0; 30; 100 ]

            let unit =
                Gen.frequency [ percent, Generators.value; 100 - percent, Gen.constant 0f ]

            let! hidden = Gen.arrayOfLength (rows * units) unit
            let! weights = Gen.arrayOfLength (labels * units) Generators.value
            let! slopes = Gen.arrayOfLength (rows * labels) Generators.value

            return
                {
                    Units = units
                    Labels = labels
                    Hidden = hidden
                    Weights = weights
                    Slopes = slopes
                }
        }
        |> Arb.fromGen

/// Sums of up to 258 products of size 16.
let private tolerance = { Absolute = 1e-3; Relative = 1e-5 }

let private require what expected received =
    Tolerance.require tolerance what (Across.widen expected) (Across.widen received)

let private strips c =
    let strips = Across.unwritten (LabelStrips.Length(c.Labels, c.Units))
    LabelStrips.Pack(c.Weights, c.Units, strips)
    strips

let private logits c =
    use h = ActiveUnits.Gather(c.Hidden, c.Units)
    let z = Across.unwritten (c.Rows * c.Labels)
    ActiveProducts.Logits(h, strips c, z)
    z

let private weightGradient c =
    use h = ActiveUnits.Gather(c.Hidden, c.Units)
    let dw = Across.unwritten (c.Labels * c.Units)
    ActiveProducts.WeightGradient(h, c.Slopes, dw)
    dw

/// Added to what the sum holds already: NaN where h is 0, which must stay.
let private hiddenGradient c =
    use h = ActiveUnits.Gather(c.Hidden, c.Units)
    let dh = c.Hidden |> Array.map (fun v -> if v = 0f then nanf else 1f)
    ActiveProducts.HiddenGradient(h, c.Slopes, strips c, dh)

    dh
    |> Array.map2 (fun h d -> if h = 0f && Single.IsNaN d then 0f else d) c.Hidden

let private cases = Cases.from [ typeof<ActiveArbitraries> ] |> Cases.times 60

[<Tests>]
let tests =
    testList
        "ActiveProducts"
        [
            property cases "logits are the plain ones" (fun (c: ActiveCase) ->
                let plain = Across.unwritten (c.Rows * c.Labels)
                ActiveProducts.LogitsPlain(c.Hidden, c.Weights, c.Units, plain)

                for z in Across.widths (fun () -> logits c) do
                    require "z" plain z)

            property cases "the weights' gradient is the plain one" (fun (c: ActiveCase) ->
                let plain = Across.unwritten (c.Labels * c.Units)
                ActiveProducts.WeightGradientPlain(c.Hidden, c.Slopes, c.Units, plain)

                for dw in Across.widths (fun () -> weightGradient c) do
                    require "dW" plain dw)

            property
                cases
                "the hidden units' gradient is added to where they are not 0, and to nothing else"
                (fun (c: ActiveCase) ->
                    let plain = c.Hidden |> Array.map (fun v -> if v = 0f then 0f else 1f)
                    ActiveProducts.HiddenGradientPlain(c.Hidden, c.Slopes, c.Weights, c.Units, plain)

                    for dh in Across.widths (fun () -> hiddenGradient c) do
                        require "dh" plain dh)

            property cases "strips hold every weight at its strip, unit and label, and 0 beyond" (fun (c: ActiveCase) ->
                let at i =
                    let label = i / (128 * c.Units) * 128 + i % 128

                    if label < c.Labels then
                        c.Weights[label * c.Units + i / 128 % c.Units]
                    else
                        0f

                strips c = Array.init (LabelStrips.Length(c.Labels, c.Units)) at)

            property (cases |> Cases.times 20) "the number of threads does not change a bit" (fun (c: ActiveCase) ->
                Across.threads (fun () -> logits c, weightGradient c, hiddenGradient c)
                |> List.distinct
                |> List.length
                    =
                    1)

            property cases "the share is that of the numbers that are not 0" (fun (c: ActiveCase) ->
                use h = ActiveUnits.Gather(c.Hidden, c.Units)
                let active = c.Hidden |> Seq.filter (fun v -> v <> 0f) |> Seq.length

                (h.Rows, h.Units) = (c.Rows, c.Units)
                && h.Share = float active / float (max 1 c.Hidden.Length))

            testCase "a NaN is a number that is not 0" (fun () ->
                let z =
                    logits
                        {
                            Units = 2
                            Labels = 1
                            Hidden = [| 0f; nanf |]
                            Weights = [| 1f; 1f |]
                            Slopes = [| 1f |]
                        }

                Require.equal [| true |] (Array.map Single.IsNaN z))

            testCase "shapes that do not agree are named" (fun () ->
                use h = ActiveUnits.Gather(Across.zeros 6, 3)

                let message (call: unit -> unit) =
                    Require.refusal<ArgumentException>(fun () -> call ())

                let strips = Across.zeros (LabelStrips.Length(5, 3))

                Require.contains
                    "expected 6 numbers, received 7"
                    (message (fun () -> (ActiveUnits.Gather(Across.zeros 7, 3)).Dispose()))

                Require.contains
                    "(Parameter 'z')"
                    (message (fun () -> ActiveProducts.Logits(h, strips, Across.zeros 11)))

                Require.contains
                    "(Parameter 'strips')"
                    (message (fun () -> ActiveProducts.Logits(h, Across.zeros 3, Across.zeros 10)))

                Require.contains
                    "(Parameter 'dz')"
                    (message (fun () -> ActiveProducts.WeightGradient(h, Across.zeros 9, Across.zeros 15)))

                Require.contains
                    "(Parameter 'dw')"
                    (message (fun () -> ActiveProducts.WeightGradient(h, Across.zeros 10, Across.zeros 16)))

                Require.contains
                    "(Parameter 'dh')"
                    (message (fun () -> ActiveProducts.HiddenGradient(h, Across.zeros 10, strips, Across.zeros 5)))

                Require.contains "(Parameter 'w')" (message (fun () -> LabelStrips.Pack(Across.zeros 16, 3, strips))))
        ]
