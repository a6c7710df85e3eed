module Limen.Properties.AdaptiveLossWeightsProperties

open Expecto

let private cases =
    Cases.from [ typeof<AdaptiveLossArbitraries> ] |> Cases.times 200

[<Tests>]
let tests =
    testList
        "AdaptiveLoss weights"
        [
            property
                cases
                "rows that all have weight 1 are rows without weights, bit for bit"
                (fun (c: AdaptiveLossCase) ->
                    LossCases.fast
                        { c with
                            RowWeights = Array.create c.Targets.Rows 1f
                        }
                        =
                        LossCases.fast { c with RowWeights = [||] })

            property cases "a row of weight 2 counts as that row twice" (fun (c: AdaptiveLossCase) ->
                let weights = Array.init c.Targets.Rows (fun row -> if row % 2 = 0 then 2f else 1f)

                let places =
                    [|
                        for b in 0 .. c.Rows.Length - 1 -> Array.replicate (int weights[c.Rows[b]]) b
                    |]

                let once = LossCases.fast { c with RowWeights = weights }

                let often =
                    LossCases.fast
                        { c with
                            RowWeights = [||]
                            Rows = Array.concat places |> Array.map (Array.get c.Rows)
                            Logits = Array.concat places |> Array.collect (fun b -> LossCases.rowAt c b c.Logits)
                        }

                // the gradient in the logits of a row is the sum of those of its copies
                let together (copies: int[]) =
                    Array.map (fun g -> float32 copies.Length * g)

                let firsts = places |> Array.scan (fun at copies -> at + copies.Length) 0

                let gradient =
                    places
                    |> Array.mapi (fun b copies -> often.Gradient |> LossCases.rowAt c firsts[b] |> together copies)
                    |> Array.concat

                LossCases.requireEqual LossCases.tolerance { often with Gradient = gradient } once)

            property cases "a row of weight 0 is as absent, whatever its logits" (fun (c: AdaptiveLossCase) ->
                let counts row = row % 2 = 0
                let weights = Array.init c.Targets.Rows (fun row -> if counts row then 1f else 0f)
                let kept = [| 0 .. c.Rows.Length - 1 |] |> Array.filter (fun b -> counts c.Rows[b])

                let noise =
                    c.Logits
                    |> Array.mapi (fun at z -> if counts c.Rows[at / c.Labels] then z else nanf)

                let absent =
                    LossCases.fast
                        { c with
                            RowWeights = [||]
                            Rows = kept |> Array.map (Array.get c.Rows)
                            Logits = kept |> Array.collect (fun b -> LossCases.rowAt c b c.Logits)
                        }

                for received in
                    [
                        LossCases.fast
                            { c with
                                RowWeights = weights
                                Logits = noise
                            }
                        LossCases.plain
                            { c with
                                RowWeights = weights
                                Logits = noise
                            }
                    ] do
                    for b in 0 .. c.Rows.Length - 1 do
                        if not (counts c.Rows[b]) then
                            Require.isTrue (received.Gradient |> LossCases.rowAt c b |> Array.forall ((=) 0f))

                    if LossCases.farFromKinks c then
                        { received with
                            Gradient = kept |> Array.collect (fun b -> received.Gradient |> LossCases.rowAt c b)
                        }
                        |> LossCases.requireEqual LossCases.tolerance absent)
        ]
