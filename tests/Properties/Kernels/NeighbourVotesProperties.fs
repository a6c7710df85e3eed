module Limen.Properties.NeighbourVotesProperties

open Expecto
open Limen.Core
open Limen.Kernels

let private cosines (data: Dataset) =
    CosineIndex.Build(data.Features).LeaveOneOut 4

let private weights power (cosines: CsrMatrix) i =
    [ for struct (r, c) in Csr.row i cosines -> r, float c ** power ]

let private cases = Cases.from [ typeof<Arbitraries> ]

[<Tests>]
let tests =
    testList
        "NeighbourVotes"
        [
            property
                cases
                "each share is the weight of the neighbours with the label over the weight of all"
                (fun { Data = data } ->
                    let near = cosines data
                    let own = Array.init data.Rows (fun r -> float32 (r % 3) / 2f)
                    let struct (shares, _) = NeighbourVotes.Compute(near, 2.0, 0.0, data.Labels, own)

                    for i in 0 .. data.Rows - 1 do
                        let w = weights 2.0 near i |> List.map (fun (r, w) -> r, w * float own[r])
                        let total = List.sumBy snd w

                        for l in 0 .. data.Labels.Columns - 1 do
                            let votes = w |> List.sumBy (fun (r, w) -> w * float (Csr.item r l data.Labels))
                            let expected = if total > 0.0 then votes / total else 0.0

                            Tolerance.require
                                Tolerance.float32
                                $"A[{i}, {l}]"
                                [ expected ]
                                [ float (Csr.item i l shares) ])

            property cases "shares lie in (0, 1], ascending labels" (fun { Data = data } ->
                let struct (shares, _) = NeighbourVotes.Compute(cosines data, 1.0, 0.0, data.Labels)
                shares.Validate().Values |> Array.forall (fun a -> a > 0f && a <= 1f))

            property cases "rows below the floor are empty and counted" (fun { Data = data } ->
                let near = cosines data
                let floor = 1.5

                let struct (shares, fallbacks) =
                    NeighbourVotes.Compute(near, 2.0, floor, data.Labels)

                let below =
                    [ 0 .. data.Rows - 1 ]
                    |> List.filter (fun i -> weights 2.0 near i |> List.sumBy snd |> (fun w -> w < floor))

                fallbacks = below.Length
                && below |> List.forall (fun i -> Array.isEmpty (Csr.row i shares)))
        ]
