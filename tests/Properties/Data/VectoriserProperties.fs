module Limen.Properties.VectoriserProperties

open System
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels
open Limen.Properties.PlainVectoriser

let private rows (m: CsrMatrix) =
    [ for r in 0 .. m.Rows - 1 -> [ for struct (c, v) in Csr.row r m -> c, v ] ]

let private cases =
    Cases.from [ typeof<Arbitraries>; typeof<VectoriserArbitraries> ]

[<Tests>]
let tests =
    testList
        "Vectoriser"
        [
            property
                (cases |> Cases.times 500)
                "terms, IDF and rows are those of the plain definition"
                (fun (c: Corpus) ->
                    let plain = PlainVectoriser.vocabulary c.Options c.Texts

                    if plain.Length = 0 then
                        let fit () =
                            Vectoriser.fit c.Options c.Texts |> ignore

                        Require.throws<ConfigurationException>(fun () -> fit ())
                    else
                        let v = Vectoriser.fit c.Options c.Texts
                        Require.equal ((Array.map fst plain)) (v.Terms)

                        for i in 0 .. plain.Length - 1 do
                            let expected = PlainVectoriser.idf c.Texts.Length (snd plain[i])
                            Tolerance.require Tolerance.float32 "IDF" [ expected ] [ float v.Weights.Idf[i] ]

                        let all = Array.append c.Texts c.Others
                        let fast = Vectoriser.apply v all

                        for r in 0 .. all.Length - 1 do
                            let expected = PlainVectoriser.row c.Options c.Texts.Length plain all[r]
                            let got = [ for struct (i, w) in Csr.row r fast -> i, float w ]
                            Require.equal ((List.map fst expected)) (List.map fst got)
                            Tolerance.require Tolerance.float32 "row" (List.map snd expected) (List.map snd got))

            property cases "the first words of a text alone are read" (fun (c: Corpus) (PositiveInt words) ->
                let words = words % 5 + 1

                // by the definition: words joined by a space each, which no other white space changes
                let beginnings =
                    c.Texts
                    |> Array.map (fun text ->
                        text.Split(Array.empty<char>, StringSplitOptions.RemoveEmptyEntries)
                        |> Seq.truncate words
                        |> String.concat " ")

                let options =
                    VectoriserOptions(
                        FirstWords = Nullable words,
                        MinDocumentFrequency = Nullable 1,
                        LongestTerm = Nullable 1
                    )

                let whole =
                    VectoriserOptions(MinDocumentFrequency = Nullable 1, LongestTerm = Nullable 1)

                let fit (options: VectoriserOptions) (texts: string[]) =
                    try
                        let v = Vectoriser.fit options texts
                        Some(v.Terms, rows (Vectoriser.apply v texts))
                    with :? ConfigurationException ->
                        None

                Require.equal (fit whole beginnings) (fit options c.Texts))

            testCase "a small corpus has the values that scikit-learn gives it" (fun () ->
                // TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True) on the same texts: terms in at least two of them
                let v =
                    Vectoriser.fit (VectoriserOptions(LongestTerm = 2, MinDocumentFrequency = Nullable 2)) small

                Require.equal ([| "cat"; "dog"; "sat"; "the" |]) (v.Terms)
                // all four are in 2 of 3 texts: ln(4 / 3) + 1
                Tolerance.require
                    Tolerance.float32
                    "IDF"
                    (Array.create 4 (log (4.0 / 3.0) + 1.0))
                    (Array.map float v.Weights.Idf)
                // row 0: cat 1, sat 1, the 2; row 1: dog 2, sat 1, the 2; row 2: cat 2, dog 1
                let twice = 1.0 + log 2.0
                let norm (ws: float list) = sqrt (List.sumBy (fun w -> w * w) ws)
                let x = Vectoriser.apply v small

                for r, columns, weights in
                    [
                        0, [ 0; 2; 3 ], [ 1.0; 1.0; twice ]
                        1, [ 1; 2; 3 ], [ twice; 1.0; twice ]
                        2, [ 0; 1 ], [ twice; 1.0 ]
                    ] do
                    Require.equal columns (List.ofArray (x.RowIndices(r).ToArray()))

                    Tolerance.require
                        Tolerance.float32
                        "row"
                        (weights |> List.map (fun w -> w / norm weights))
                        (Seq.map float (x.RowValues(r).ToArray())))

            property cases "a row depends on its own text alone" (fun (c: Corpus) ->
                let o = c.Options.Copy()
                o.MinDocumentFrequency <- Nullable 1

                if PlainVectoriser.vocabulary o c.Texts |> Array.isEmpty |> not then
                    let v = Vectoriser.fit o c.Texts
                    let together = rows (Vectoriser.apply v c.Others)

                    let alone =
                        c.Others
                        |> Seq.collect (fun t -> rows (Vectoriser.apply v [| t |]))
                        |> Seq.toList

                    Require.equal alone (together))

            property cases "the fitted vectoriser is its options, terms and IDF" (fun (c: Corpus) ->
                if PlainVectoriser.vocabulary c.Options c.Texts |> Array.isEmpty |> not then
                    let v = Vectoriser.fit c.Options c.Texts
                    let again = Vectoriser(v.Options, Array.copy v.Terms, Array.copy v.Weights.Idf)
                    Require.equal ((rows (Vectoriser.apply v c.Others))) (rows (Vectoriser.apply again c.Others)))

            testCase "many texts give the same as one thread's plain definition" (fun () ->
                let words = [| "alpha"; "beta"; "gamma"; "delta"; "eps"; "zeta"; "eta" |]

                let texts =
                    Array.init 1000 (fun i ->
                        Array.init (i % 23) (fun j ->
                            words[int (Seed.bits (int64 (i * 31 + j)) (Seed.ofInt 7) % 7UL)])
                        |> String.concat " ")

                let o =
                    VectoriserOptions(LongestTerm = 3, MinDocumentFrequency = Nullable 20, MaxFeatures = Nullable 150)

                let plain = PlainVectoriser.vocabulary o texts
                let v = Vectoriser.fit o texts
                Require.equal ((Array.map fst plain)) (v.Terms)
                let x = Vectoriser.apply v texts

                for r in 0..50..999 do
                    Tolerance.require
                        Tolerance.float32
                        "row"
                        (PlainVectoriser.row o 1000 plain texts[r] |> List.map snd)
                        (Seq.map float (x.RowValues(r).ToArray())))

            testCase "unknown words give an empty row" (fun () ->
                let v = Vectoriser.fit (VectoriserOptions(MinDocumentFrequency = Nullable 2)) small
                let x = Vectoriser.apply v [| ""; "nothing known here"; "cat" |]
                Require.equal ([ 0; 0; 1 ]) ([ for r in 0..2 -> x.RowIndices(r).Length ])
                Require.equal 4 (x.Columns))

            testCase "options are refused with all their faults" (fun () ->
                let bad =
                    VectoriserOptions(
                        ShortestTerm = 0,
                        LongestTerm = -1,
                        MinDocumentFrequency = Nullable 0,
                        MaxFeatures = Nullable 0,
                        FirstWords = Nullable 0
                    )

                let fit () = Vectoriser.fit bad small |> ignore
                Require.equal 5 (Require.thrown<ConfigurationException>(fun () -> fit ()).Faults.Count))

            testTheory
                "faults of n-grams of characters are named"
                [
                    VectoriserOptions(Tokens = Tokens.Characters(0, 3)), "expected n-grams of 1 character or more"
                    VectoriserOptions(Tokens = Tokens.Characters(3, 2)), "received 3 to 2"
                    VectoriserOptions(Tokens = Tokens.Characters(3, 5), LongestTerm = 2), "received 1 to 2"
                ]
                (fun (bad, words) ->
                    let faults =
                        Require.thrown<ConfigurationException>(fun () -> Vectoriser.fit bad small).Faults

                    Require.equal 1 faults.Count
                    Require.contains words faults[0])

            testCase "scripts without spaces give characters and pairs" (fun () ->
                let terms (text: string) =
                    (Vectoriser.fit (VectoriserOptions(LongestTerm = 2, MinDocumentFrequency = Nullable 1)) [| text |])
                        .Terms

                Require.equal [| "ab"; "ab cd"; "cd" |] (terms "ab cd")
                Require.equal [| "iphone"; "new"; "手"; "手机"; "机" |] (terms "iPhone手机new")
                Require.equal [| "𠀀"; "𠀀𠀁"; "𠀁" |] (terms "𠀀𠀁"))

            testCase "characters within words know the edges" (fun () ->
                let v =
                    Vectoriser.fit
                        (VectoriserOptions(Tokens = Tokens.Characters(3, 4), MinDocumentFrequency = Nullable 1))
                        [| "AB, c" |]

                Require.equal [| "ab,"; "ab,␣"; "b,␣"; "␣ab"; "␣ab,"; "␣c␣" |] v.Terms)

            testCase "a tokeniser that gives null is refused" (fun () ->
                let o =
                    VectoriserOptions(Tokens = Tokens.Of(fun _ -> null), MinDocumentFrequency = Nullable 1)

                let error = Require.thrown<ArgumentException>(fun () -> Vectoriser.fit o small)

                Require.contains "the tokeniser gave null" error.Message)
        ]
