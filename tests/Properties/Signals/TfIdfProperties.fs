module Limen.Properties.TfIdfProperties

open Expecto
open Limen.Core

let private everything =
    {
        Terms = System.Int32.MaxValue
        LabelsPerRow = System.Int32.MaxValue
        Floor = 0f
    }

let private narrow =
    {
        Terms = 3
        LabelsPerRow = 2
        Floor = 0.1f
    }

let private dense (columns: int) row =
    let v = Array.zeroCreate<float> columns

    for struct (c, x) in row do
        v[c] <- float x

    v

let private dot (a: float[]) (b: float[]) =
    Array.fold2 (fun s x y -> s + x * y) 0.0 a b

let private cases = Cases.from [ typeof<SignalArbitraries> ]

[<Tests>]
let tests =
    testList
        "TfIdf"
        [
            property cases "the value is the row's cosine with the label's mean profile" (fun (case: SignalCase) ->
                let x =
                    Array.init case.Training.Rows (fun i ->
                        Csr.row i (Csr.normaliseRows case.Training.Features)
                        |> dense case.Training.Features.Columns)

                let received =
                    TfIdf.fit everything case.Training |> TfIdf.apply case.Training.Features

                Seq.allPairs (seq { 0 .. x.Length - 1 }) (seq { 0 .. case.Training.Labels.Columns - 1 })
                |> Seq.forall (fun (i, l) ->
                    let profile =
                        Array.init case.Training.Features.Columns (fun c ->
                            Seq.sum (
                                seq {
                                    for r in 0 .. x.Length - 1 do
                                        if Csr.item r l case.Training.Labels > 0f then
                                            x[r][c]
                                }
                            ))

                    let norms = sqrt (dot profile profile * dot x[i] x[i])

                    let expected =
                        if norms > 0.0 then
                            max 0.0 (dot profile x[i] / norms)
                        else
                            0.0

                    let isCancelled = dot profile profile < 1e-6

                    isCancelled
                    || Tolerance.close Tolerance.float32 expected (float (Csr.item i l received.Values))))

            property
                cases
                "a row of weight 2 is in the profiles twice, one of weight 0 not at all"
                (fun (case: SignalCase) ->
                    let weighted, repeated = SignalCase.weighted case.Training

                    let said train =
                        (TfIdf.fit everything train |> TfIdf.apply case.Training.Features).Values

                    SignalCase.close Tolerance.float32 (said repeated) (said weighted))

            property cases "leaving a row out is fitting on the others" (fun (case: SignalCase) ->
                [ everything; narrow ]
                |> List.forall (fun options ->
                    let ours = snd (TfIdf.fitLeaveOneOut options case.Training)

                    let theirs =
                        TfIdf.fit
                            options
                            (Dataset.create
                                (SignalCase.others case.Row case.Training.Features)
                                (SignalCase.others case.Row case.Training.Labels))
                        |> TfIdf.apply (Csr.selectRows [| case.Row |] case.Training.Features)

                    Csr.row case.Row ours.Values = Csr.row 0 theirs.Values))

            property cases "profiles hold the heaviest terms with norm one" (fun (case: SignalCase) ->
                let all = (TfIdf.fit everything case.Training).Profiles
                let few = (TfIdf.fit narrow case.Training).Profiles

                Seq.forall
                    (fun l ->
                        let kept = Csr.row l few |> Array.map (fun struct (c, _) -> c)
                        let norm = Csr.row l few |> Array.sumBy (fun struct (_, w) -> float w * float w)

                        let inside, outside =
                            Csr.row l all |> Array.partition (fun struct (c, _) -> Array.contains c kept)

                        let weight struct (_, w: float32) = abs w

                        inside.Length = min 3 (inside.Length + outside.Length)
                        && Seq.allPairs inside outside
                           |> Seq.forall (fun (k, dropped) -> weight k >= weight dropped - 1e-6f)
                        && (kept.Length = 0 || Tolerance.close Tolerance.float32 1.0 norm))
                    (seq { 0 .. all.Rows - 1 }))

            property cases "a longer row has the same signal" (fun (case: SignalCase) ->
                let longer =
                    case.Training.Features |> Csr.mapValues (fun r _ v -> v * float32 (r + 2))

                let fitted = TfIdf.fit everything case.Training

                let short = (TfIdf.apply case.Training.Features fitted).Values
                let long = (TfIdf.apply longer fitted).Values

                Seq.allPairs (seq { 0 .. short.Rows - 1 }) (seq { 0 .. short.Columns - 1 })
                |> Seq.forall (fun (i, l) ->
                    Tolerance.close Tolerance.float32 (float (Csr.item i l short)) (float (Csr.item i l long))))
        ]
