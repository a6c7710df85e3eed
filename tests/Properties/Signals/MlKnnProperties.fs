module Limen.Properties.MlKnnProperties

open Expecto
open Limen.Core

let private longest (m: Limen.Kernels.CsrMatrix) =
    Seq.max (seq { for i in 0 .. m.Rows - 1 -> (Csr.row i m).Length })

let private options (case: SignalCase) =
    {
        K = 1 + longest case.Neighbours
        Smoothing = 1.0
    }

/// The posterior of row i and label l, from counts over the rows of `others` that ignore the row `left`.
let private oracle (case: SignalCase) others left i l =
    let has r = Csr.item r l case.Training.Labels > 0f

    let votes r =
        Csr.set r case.Neighbours
        |> Array.filter (fun n -> Some n <> left && has n)
        |> Array.length

    let k = (options case).K
    let withLabel, without = others |> List.partition has

    let joint (rows: int list) =
        let inBin = rows |> List.filter (fun r -> votes r = votes i) |> List.length

        (1.0 + float rows.Length) / (2.0 + float (List.length others))
        * (1.0 + float inBin)
        / (float (k + 1) + float rows.Length)

    if votes i = 0 then
        0.0
    else
        joint withLabel / (joint withLabel + joint without)

let private agrees (case: SignalCase) (signal: LocalSignal) expected =
    Seq.allPairs (seq { 0 .. case.Training.Rows - 1 }) (seq { 0 .. case.Training.Labels.Columns - 1 })
    |> Seq.forall (fun (i, l) -> Tolerance.close Tolerance.float32 (expected i l) (float (Csr.item i l signal.Values)))

let private cases = Cases.from [ typeof<SignalArbitraries> ]

[<Tests>]
let tests =
    testList
        "MlKnn"
        [
            property cases "the posterior is Bayes' rule over the counts of neighbours" (fun (case: SignalCase) ->
                let signal =
                    MlKnn.fit (options case) None case.Neighbours case.Training.Labels
                    |> MlKnn.apply case.Neighbours

                agrees case signal (oracle case [ 0 .. case.Training.Rows - 1 ] None))

            property cases "leaving a row out takes it from every count and from every vote" (fun (case: SignalCase) ->
                let signal =
                    MlKnn.fit (options case) None case.Neighbours case.Training.Labels
                    |> MlKnn.leaveOneOut case.Neighbours

                agrees case signal (fun i l ->
                    oracle
                        case
                        [
                            for r in 0 .. case.Training.Rows - 1 do
                                if r <> i then
                                    r
                        ]
                        (Some i)
                        i
                        l))

            property
                cases
                "bins hold the weights of the rows that have so many such neighbours"
                (fun (case: SignalCase) ->
                    let weights = Array.init case.Training.Rows (fun r -> float32 (r % 4) / 2f)
                    let options = options case
                    let m = MlKnn.fit options (Some weights) case.Neighbours case.Training.Labels
                    let has r l = Csr.item r l case.Training.Labels <> 0f

                    let votes r l =
                        Csr.set r case.Neighbours |> Array.filter (fun n -> has n l) |> Array.length

                    let weigh keep =
                        Seq.sum (
                            seq {
                                for r in 0 .. case.Training.Rows - 1 do
                                    if keep r then
                                        float weights[r]
                            }
                        )

                    m.Rows = weigh (fun _ -> true)
                    && List.forall
                        (fun l ->
                            m.Support[l] = weigh (fun r -> has r l)
                            && List.forall
                                (fun d ->
                                    let bin = l * (options.K + 1) + d

                                    m.Positive[bin] = weigh (fun r -> has r l && votes r l = d)
                                    && m.Negative[bin] = weigh (fun r -> not (has r l) && votes r l = d))
                                [ 0 .. options.K ])
                        [ 0 .. case.Training.Labels.Columns - 1 ])

            testCase "a row among its own neighbours is refused" (fun () ->
                let self = Csr.ofSets 2 [| [| 0 |]; [||] |]

                let error =
                    Require.thrown<System.ArgumentException>(fun () -> MlKnn.fit MlKnn.defaults None self self)

                Require.contains "row 1 is among its own neighbours" error.Message)
        ]
