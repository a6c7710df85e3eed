module Limen.Properties.PaperProtocolProperties

open Expecto
open Limen.Core

let private cases = Cases.from [ typeof<SignalArbitraries> ]

[<Tests>]
let tests =
    testList
        "PaperProtocol"
        [
            property
                cases
                "the leaking neighbours are Y Y' over the label count, times Y, self included"
                (fun (case: SignalCase) ->
                    let y = case.Training.Labels
                    let leaked = PaperProtocol.knnFromTrueLabels y
                    let rows = [ 0 .. y.Rows - 1 ]

                    List.allPairs rows [ 0 .. y.Columns - 1 ]
                    |> List.forall (fun (i, l) ->
                        let own = Csr.set i y

                        let expected =
                            if own.Length = 0 then
                                0.0
                            else
                                rows
                                |> List.sumBy (fun j ->
                                    float (LabelAgreement.similarity own (Csr.set j y)) * float (Csr.item j l y)
                                    / float own.Length)

                        Tolerance.close Tolerance.float32 expected (float (Csr.item i l leaked))))

            property cases "the leaking signals do move with a row's own labels" (fun (case: SignalCase) ->
                let own = Csr.set case.Row case.Training.Labels
                let other = (SignalCase.changed case).Labels

                Array.sort case.Other = own
                || Csr.row case.Row (PaperProtocol.tfIdfFromTrueLabels other)
                   <> Csr.row case.Row (PaperProtocol.tfIdfFromTrueLabels case.Training.Labels))

            property cases "the leaking TF-IDF of a row with labels sums to one" (fun (case: SignalCase) ->
                let leaked = PaperProtocol.tfIdfFromTrueLabels case.Training.Labels

                Seq.forall
                    (fun i ->
                        let row = Csr.row i leaked

                        row.Length = 0
                        || Tolerance.close Tolerance.float32 1.0 (row |> Array.sumBy (fun struct (_, v) -> float v)))
                    (seq { 0 .. leaked.Rows - 1 }))
        ]
