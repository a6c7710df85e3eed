module Limen.Properties.CosineIndexProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// Training rows and queries over the same features: few distinct values, repeated rows and zeros, so that ties are common; more rows than a common
/// feature needs, features that few rows hold, and queries that fill a group of any width.
[<ReferenceEquality>]
type CosineCase =
    {
        Rows: CsrMatrix
        Queries: CsrMatrix
        K: int
    }

type CosineArbitraries =
    static member Cosine() =
        let value =
            Gen.frequency
                [
                    6, Gen.elements [ 1f; 2f ]
                    1, Gen.constant 0f
                    1, Gen.elements [ -1f; -0.5f ]
                    2, Generators.positive
                ]

        gen {
            let! features, percent =
                Gen.elements [ 1, 90; 5, 40; 12, 10; 12, 40; 12, 90; 200, 1; 200, 5 ]

            let! distinct = Gen.frequency [ 3, Gen.choose (0, 40); 1, Gen.choose (65, 200) ]
            let! rows = Generators.csr distinct features percent value
            let! repeats = Gen.choose (0, 20)
            let! chosen = Gen.arrayOfLength repeats (Gen.choose (0, max 0 (distinct - 1)))

            let rows =
                if distinct = 0 then
                    rows
                else
                    Csr.append rows (Csr.selectRows chosen rows)

            let! count = Gen.frequency [ 2, Gen.choose (0, 10); 1, Gen.choose (11, 40) ]
            let! queries = Generators.csr count features percent value
            let! k = Gen.elements [ 0; 1; 3; 10; 100 ]

            return
                {
                    Rows = rows
                    Queries = queries
                    K = k
                }
        }
        |> Arb.fromGen

let private entries (m: CsrMatrix) =
    [ for r in 0 .. m.Rows - 1 -> [ for struct (c, v) in Csr.row r m -> c, v ] ]

let private nobody (_: int) = -1

/// Rows as text has them: a few features in most rows and many in few, so that the head, the bound and several blocks take part.
let private zipf (rows: int) (features: int) (length: int) (seed: int) =
    let stream = Seed.ofInt seed

    Array.init rows (fun r ->
        Array.init length (fun k ->
            let u = stream |> Seed.uniform (int64 (r * length + k))
            int (float features ** u) - 1)
        |> Array.countBy id
        |> Array.sortBy fst
        |> Array.map (fun (f, n) -> struct (f, float32 n * log (float32 (f + 2)))))
    |> Csr.ofRows features

let private cases = Cases.from [ typeof<Arbitraries>; typeof<CosineArbitraries> ]

[<Tests>]
let tests =
    testList
        "CosineIndex"
        [
            property
                cases
                "the search is the plain definition, bit for bit, at every vector width"
                (fun { Rows = x; Queries = q; K = k } ->
                    let plain = entries (CosineIndex.Plain(x, q, k, nobody))

                    Across.widths (fun () -> entries (CosineIndex.Build(x).Search(q, k)))
                    |> List.forall ((=) plain))

            property cases "leave-one-out is the plain definition without the row itself" (fun { Rows = x; K = k } ->
                entries (CosineIndex.Build(x).LeaveOneOut k) = entries (CosineIndex.Plain(x, x, k, id)))

            property cases "leave-one-out never returns the row itself" (fun { Rows = x; K = k } ->
                entries (CosineIndex.Build(x).LeaveOneOut k)
                |> List.indexed
                |> List.forall (fun (i, row) -> row |> List.forall (fun (r, _) -> r <> i)))

            property
                cases
                "neighbours ascend, are at most k, and their cosines lie in (0, 1]"
                (fun { Rows = x; Queries = q; K = k } ->
                    let found = CosineIndex.Build(x).Search(q, k).Validate()

                    entries found
                    |> List.forall (fun row ->
                        row.Length <= k && row |> List.forall (fun (_, c) -> c > 0f && c <= 1f + 1e-6f)))

            property
                cases
                "a query's neighbours do not depend on the other queries"
                (fun { Rows = x; Queries = q; K = k } ->
                    let index = CosineIndex.Build x

                    let alone i =
                        index.Search(Csr.selectRows [| i |] q, k)

                    entries (index.Search(q, k)) = [ for i in 0 .. q.Rows - 1 -> List.exactlyOne (entries (alone i)) ])

            property cases "scaling rows by powers of two changes nothing" (fun { Rows = x; Queries = q; K = k } ->
                let scaled (m: CsrMatrix) =
                    m |> Csr.mapValues (fun r _ v -> v * (if r % 2 = 0 then 4f else 0.5f))

                entries (CosineIndex.Build(scaled x).Search(scaled q, k)) = entries (CosineIndex.Build(x).Search(q, k)))

            testTheory
                "the search is the plain definition on rows distributed as words are"
                [ 700, 30; 17000, 5 ]
                (fun (rows: int, k: int) ->
                    let x = zipf rows 5000 60 1
                    let q = zipf 40 5000 60 2

                    let index = CosineIndex.Build x
                    let plain = entries (CosineIndex.Plain(x, q, k, nobody))

                    for fast in Across.widths (fun () -> entries (index.Search(q, k))) do
                        Require.equal plain fast

                    // few queries walk the postings alone
                    for few in [ 1; 3; 8 ] do
                        let first = index.Search(Csr.selectRows [| 0 .. few - 1 |] q, k)
                        Require.equal (List.truncate few plain) (entries first))

            testCase "queries of another width are refused with both shapes" (fun () ->
                let x = Csr.ofRows 3 [| [| struct (0, 1f) |] |]
                let q = Csr.ofRows 4 [| [| struct (0, 1f) |] |]

                let search () =
                    CosineIndex.Build(x).Search(q, 1) |> ignore

                let e = Require.thrown<ArgumentException>(fun () -> search ())
                Require.contains "D = 3, received [1, 4]" e.Message)
        ]
