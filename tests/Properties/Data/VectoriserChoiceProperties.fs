/// What a vectoriser chooses from the training texts where the options leave it open.
module Limen.Properties.VectoriserChoiceProperties

open System
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Properties.PlainVectoriser

let private cases =
    Cases.from [ typeof<Arbitraries>; typeof<VectoriserArbitraries> ]

[<Tests>]
let tests =
    testList
        "TermChoice"
        [
            testCase "finer than words are characters, and pairs of words where there are many" (fun () ->
                let finer = VectoriserOptions(Tokens = Tokens.Finer)
                let few = Vectoriser.fit finer small

                let characters =
                    Vectoriser.fit (VectoriserOptions(Tokens = Tokens.Characters(3, 5))) small

                Require.equal characters.Terms few.Terms

                let long =
                    String.replicate 70_000 "one two three four five six seven eight nine ten "

                let many = Vectoriser.fit finer [| long; long; long |]

                let pairs =
                    Vectoriser.fit (VectoriserOptions(LongestTerm = Nullable 2)) [| long; long; long |]

                Require.equal pairs.Terms many.Terms
                Require.equal 20 many.Features

                Require.contains
                    "terms of 1 token"
                    (Require.refusal<ConfigurationException>(fun () ->
                        Vectoriser.fit (VectoriserOptions(Tokens = Tokens.Finer, LongestTerm = Nullable 2)) small
                        |> box)))

            testCase "pairs of words too where short texts are many, and the options leave it open" (fun () ->
                let longest count words options =
                    let texts = Array.replicate count (String.replicate words "one two ")
                    (Vectoriser.fit options texts).Options.LongestTerm

                Require.equal (Nullable 1) (longest 9_999 1 (VectoriserOptions()))
                Require.equal (Nullable 2) (longest 10_000 1 (VectoriserOptions()))
                Require.equal (Nullable 1) (longest 10_000 100 (VectoriserOptions()))
                Require.equal (Nullable 1) (longest 10_000 1 (VectoriserOptions(LongestTerm = Nullable 1)))
                Require.equal (Nullable 1) (longest 10_000 1 (VectoriserOptions(Tokens = Tokens.Characters(3, 5)))))

            property
                cases
                "what was chosen from the texts is named, and chosen again gives the same"
                (fun (c: Corpus) ->
                    let o = c.Options.Copy()
                    o.MinDocumentFrequency <- Nullable()

                    if
                        PlainVectoriser.vocabulary
                            (VectoriserOptions(
                                Tokens = o.Tokens,
                                ShortestTerm = o.ShortestTerm,
                                LongestTerm = o.LongestTerm,
                                MinDocumentFrequency = Nullable 1
                            ))
                            c.Texts
                        |> Array.isEmpty
                        |> not
                    then
                        let v = Vectoriser.fit o c.Texts
                        Require.equal 1 v.Options.MinDocumentFrequency.Value
                        Require.equal v.Terms (Vectoriser.fit v.Options c.Texts).Terms)

            testTheory
                "terms must be in more texts where these hold more words"
                [
                    0, 20, 1
                    300, 20, 1
                    99_999, 1, 1
                    100_000, 1, 2
                    300, 350, 2
                    9_999, 1_000, 2
                    10_000, 1_000, 5
                    20_000, 0, 1
                ]
                (fun (texts, words, expected) ->
                    let text = " " + String.Join("  ", Array.replicate words "word")
                    let all = Array.replicate texts text |> TermChoice.wordsOfAll
                    Require.equal expected (TermChoice.minDocumentFrequency all))

            testCase "a term is as long as the shortest where no other length is set" (fun () ->
                let v = Vectoriser.fit (VectoriserOptions(ShortestTerm = 2)) [| "one two three" |]
                Require.equal (Nullable 2) v.Options.LongestTerm
                Require.equal [| "one two"; "two three" |] v.Terms)
        ]
