/// How much of a label's name a row has.
module Limen.Properties.NameCoverageProperties

open System
open System.IO
open System.Threading
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// Names of D terms for L labels, of which some have none, and rows of D features, some of them zeros that are stored.
[<ReferenceEquality>]
type NamedCase =
    {
        Names: Dataset
        Columns: int
        X: CsrMatrix
    }

let private named: Gen<NamedCase> =
    gen {
        let! columns = Gen.choose (1, 12)
        let! labels = Gen.choose (1, 8)

        let! have =
            Gen.arrayOfLength labels (Gen.frequency [ 3, Gen.constant true; 1, Gen.constant false ])

        let own = [| 0 .. labels - 1 |] |> Array.filter (Array.get have)
        let! terms = Generators.csr own.Length columns 40 Generators.positive
        let! rows = Gen.choose (1, 6)

        let! x =
            Generators.csr rows columns 40 (Gen.frequency [ 4, Generators.value; 1, Gen.constant 0f ])
        // a name has a term at least
        let known =
            [| 0 .. own.Length - 1 |]
            |> Array.filter (fun i -> terms.RowIndices(i).Length > 0)

        return
            {
                Names =
                    Dataset.create
                        (Csr.selectRows known terms)
                        (known |> Array.map (fun i -> [| own[i] |]) |> Csr.ofSets labels)
                Columns = columns
                X = x
            }
    }

type NamedCases =
    static member Named() = Arb.fromGen named

let private cases = Cases.from [ typeof<NamedCases> ]

/// m [N][L] by the definition.
let private plain (case: NamedCase) : float[][] =
    [|
        for row in 0 .. case.X.Rows - 1 ->
            [|
                for label in 0 .. case.Names.Labels.Columns - 1 ->
                    let name =
                        [
                            for i in 0 .. case.Names.Rows - 1 do
                                if Csr.item i label case.Names.Labels > 0f then
                                    for d in 0 .. case.Columns - 1 ->
                                        float (Csr.item i d case.Names.Features), Csr.item row d case.X
                        ]

                    match List.sumBy fst name with
                    | 0.0 -> -1.0
                    | whole -> 2.0 * (name |> List.filter (snd >> (<>) 0f) |> List.sumBy fst) / whole - 1.0
            |]
    |]

let private margins (case: NamedCase) : float32[][] =
    NameCoverage.scorer case.Names
    |> Scorer.fit (ScorerCases.training 1 (Dataset.create case.X (Csr.empty case.X.Rows case.Names.Labels.Columns)))
    |> ScorerCases.margins case.Names.Labels.Columns case.X

let private space = LabelSpace [| "1 coal"; "2 fish export"; "K21.9" |]

let private rows: LabelledRows =
    let texts =
        [|
            for i in 0..59 ->
                match i % 3 with
                | 0 -> "coal mine"
                | 1 -> "fish export quota"
                | _ -> $"other matters {i % 5}"
        |]

    LabelledRows.ofNames (Rows.Texts texts) (Array.init 60 (fun i -> [| space.Name(i % 3) |]))

let private model =
    lazy
        (Pipeline.fit
            { SmallProblem.options with
                Scorers = [ Linear.scorer LinearOptions.standard ]
                DecisionRows = Some(DecisionRows.HoldOut 0.3)
                Labels = LabelReading.Name
            }
            [ VectoriserOptions(MinDocumentFrequency = 1) ]
            FeatureKind.Automatic
            rows
            None
            ignore
            CancellationToken.None)

/// What the last scorer of a model says of texts, for all of its labels [N][L].
let private said (texts: string[]) (m: Model) =
    m.Ranker.Scorers
    |> List.last
    |> ScorerCases.margins m.Labels.Count (Model.features (Rows.Texts texts) m)

[<Tests>]
let tests =
    testList
        "NameCoverage"
        [
            property cases "twice the share of the name that a row has, minus one" (fun case ->
                Array.iter2
                    (Array.iter2 (fun expected m -> Require.near 1e-5 expected (float m)))
                    (plain case)
                    (margins case))

            property cases "a row with more of the terms says no less of any name" (fun case ->
                let more =
                    Csr.ofRows
                        case.Columns
                        [|
                            for row in 0 .. case.X.Rows - 1 ->
                                [|
                                    for d in 0 .. case.Columns - 1 do
                                        match Csr.item row d case.X with
                                        | 0f when (row + d) % 2 = 0 -> struct (d, 1f)
                                        | 0f -> ()
                                        | v -> struct (d, v)
                                |]
                        |]

                Array.iter2
                    (Array.iter2 (fun (fewer: float32) m -> Require.atLeast (fewer - 1e-5f) m))
                    (margins case)
                    (margins { case with X = more }))

            testCase
                "a model that reads names has it as its last scorer: of texts, how much of each name stands in them"
                (fun () ->
                    let m = model.Value
                    Require.equal 2 m.Ranker.Scorers.Length
                    let of' (label: string) (margins: float32[]) = margins[(m.Labels.TryId label).Value]
                    let all = said [| "an export of fish, and of coal"; "fish"; "nothing" |] m
                    Require.equal [ 1f; 1f; -1f ] [ for name in space.Names -> MathF.Round(of' name all[0], 5) ]
                    Require.between (-0.999f, 0.999f) (of' "2 fish export" all[1])
                    Require.equal [| -1f; -1f; -1f |] all[2])

            testCase "it is saved and loaded with its model" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "model")
                    Store.save path model.Value
                    let texts = [| "fish and coal"; "export"; "other matters" |]
                    Require.equal (said texts model.Value) (said texts (Store.load path))))

            testCase "shares of other terms or labels, or beyond 1, are faults of a stored one" (fun () ->
                let m = model.Value
                let stored = (List.last m.Ranker.Scorers).Stored

                let sizes =
                    {
                        FeatureCount = InputSpace.dimension m.Input
                        LabelCount = m.Labels.Count
                    }

                Require.equal [] (stored.Faults sizes)

                Require.equal
                    [
                        $"shares of names: expected [{sizes.FeatureCount}, 4], found [{sizes.FeatureCount}, 3]"
                    ]
                    (stored.Faults { sizes with LabelCount = 4 })

                let names = unbox<NameShares> stored.Data

                let beyond =
                    NameCoverage.codec.Load(
                        box
                            {
                                Shares = names.Shares |> Csr.mapValues (fun _ _ v -> 3f * v)
                            }
                    )

                Require.equal 1 (beyond.Stored.Faults sizes).Length)
        ]
