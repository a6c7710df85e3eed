module Limen.Properties.LabelAgreementProperties

open Expecto
open Limen.Core

let private everything =
    { LabelAgreement.defaults with
        Floor = 0f
        TopPerLabel = System.Int32.MaxValue
        LabelsPerRow = System.Int32.MaxValue
    }

let private narrow =
    {
        Floor = 0.2f
        TopPerLabel = 2
        LabelsPerRow = 3
        MassFloor = 0.3f
    }

/// sum_m p_im n_lm / n_m / sum_m p_im by loops over the definition.
let private oracle (case: SignalCase) =
    let y = case.Training.Labels
    let has r l = Csr.item r l y > 0f
    let rows = [ 0 .. y.Rows - 1 ]

    [
        for i in 0 .. case.Predicted.Rows - 1 do
            let mass = Csr.row i case.Predicted |> Array.sumBy (fun struct (_, v) -> float v)

            if mass >= 0.05 then
                for l in 0 .. y.Columns - 1 do
                    let value =
                        [
                            for struct (m, p) in Csr.row i case.Predicted do
                                let n = rows |> List.filter (fun r -> has r m) |> List.length

                                if m <> l && n > 0 then
                                    let both = rows |> List.filter (fun r -> has r m && has r l) |> List.length
                                    float p * float both / float n
                        ]
                        |> List.sum

                    if value > 0.0 then
                        i, l, value / mass
    ]

let private cases = Cases.from [ typeof<SignalArbitraries> ]

[<Tests>]
let tests =
    testList
        "LabelAgreement"
        [
            testCase "label sets {1,3,5} and {1,2,4} have raw similarity 1" (fun () ->
                Require.equal 1 (LabelAgreement.similarity [| 1; 3; 5 |] [| 1; 2; 4 |]))

            property
                cases
                "label similarity is symmetric, and of a set with itself its size"
                (fun (a: int[]) (b: int[]) ->
                    LabelAgreement.similarity a b = LabelAgreement.similarity b a
                    && LabelAgreement.similarity a a = (Array.distinct a).Length)

            property cases "co-occurrence is symmetric with the supports on its diagonal" (fun (case: SignalCase) ->
                let counts = LabelAgreement.cooccurrence case.Training.Labels

                SignalCase.entries counts = SignalCase.entries (Csr.transpose counts)
                && Csr.columnCounts case.Training.Labels
                   |> Array.indexed
                   |> Array.forall (fun (l, n) -> Csr.item l l counts = float32 n))

            property cases "agreement is the mean of P(l | m) under the predicted labels" (fun (case: SignalCase) ->
                let received =
                    LabelAgreement.fit everything None case.Training.Labels
                    |> LabelAgreement.apply case.Predicted

                let expected = oracle case
                let received = SignalCase.entries received.Values

                List.map (fun (i, l, _) -> i, l) expected = List.map (fun (i, l, _) -> i, l) received
                && List.forall2
                    (fun (_, _, a) (_, _, b) -> Tolerance.close Tolerance.float32 a (float b))
                    expected
                    received)

            property cases "leaving a row out is fitting on the others" (fun (case: SignalCase) ->
                [ everything; narrow ]
                |> List.forall (fun options ->
                    let ours =
                        LabelAgreement.leaveOneOut options None case.Training.Labels (OutOfFold case.Predicted)

                    let theirs =
                        LabelAgreement.fit options None (SignalCase.others case.Row case.Training.Labels)
                        |> LabelAgreement.apply (Csr.selectRows [| case.Row |] case.Predicted)

                    Csr.row case.Row ours.Values = Csr.row 0 theirs.Values))

            property
                cases
                "conditionals keep to the floor, to the number per label and off the diagonal"
                (fun (case: SignalCase) ->
                    let kept = (LabelAgreement.fit narrow None case.Training.Labels).Conditional

                    SignalCase.entries kept
                    |> List.forall (fun (m, l, p) -> m <> l && p >= 0.2f && p <= 1f)
                    && Seq.forall (fun m -> (Csr.row m kept).Length <= 2) (seq { 0 .. kept.Rows - 1 }))

            property cases "a row below the mass floor is empty and counted" (fun (case: SignalCase) ->
                let signal =
                    LabelAgreement.fit { everything with MassFloor = 1e9f } None case.Training.Labels
                    |> LabelAgreement.apply case.Predicted

                signal.Values.NonZeros = 0 && signal.Fallbacks = case.Predicted.Rows)
        ]
