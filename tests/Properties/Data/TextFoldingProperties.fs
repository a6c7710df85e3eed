module Limen.Properties.TextFoldingProperties

open System
open System.Globalization
open System.Text
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen.Kernels

let private fold (text: string) = Unicode.Folded(text)

/// Code points that fold, compose or decompose, and some that do none of it.
type Written = Written of string

type WrittenArbitraries =
    static member Written() =
        let points =
            [
                "a"
                "E"
                "ß"
                "ẞ"
                "İ"
                "ı"
                "Σ"
                "ς"
                "ﬁ"
                "É"
                "e\u0301"
                "\u0301"
                "\u0323"
                "\u0327"
                "Å"
                "ŉ"
                "ΐ"
                "\u0345"
                "ᾳ"
                "한"
                "\u1112\u1161\u11AB"
                "\u11AB"
                "가"
                "漢"
                "豈"
                "\U0001D15E"
                "\U00010400"
                "क\u093C"
                "0"
                " "
                "Ḍ\u0307"
                "ǆ"
            ]

        Gen.elements points
        |> Gen.listOf
        |> Gen.map (String.concat "" >> Written)
        |> Arb.fromGen

let private cases = Cases.from [ typeof<WrittenArbitraries> ]

/// .NET's own normalisation does nothing but with ICU.
let private hasIcu = "e\u0301".Normalize(NormalizationForm.FormC) = "é"

[<Tests>]
let tests =
    testList
        "TextFolding"
        [
            testTheory
                "the same letters, however they are written"
                [
                    "GRÖSSE", "größe"
                    "größe", "grösse"
                    "STRAẞE", "strasse"
                    "ΟΔΟΣ", "οδος"
                    "οδός", "οδόσ"
                    "ﬁnal", "final"
                    "ﬄ", "ffl"
                    "İ", "i\u0307"
                    "ŉ", "ʼn"
                    "ǅ", "ǆ"
                    "e\u0301lan", "élan"
                    "\u212Bngstro\u0308m", "ångström"
                    "\u1112\u1161\u11AB\u1100\u1173\u11AF", "한글"
                    "q\u0307\u0323", "q\u0323\u0307"
                    "\U00010400", "\U00010428"
                    "ᾳ", "αι"
                    "α\u0345\u0323", "α\u0323\u0345"
                ]
                (fun (one, other) -> Require.equal (fold one) (fold other))

            testTheory
                "what is another letter stays apart"
                [ "ı", "i"; "é", "e"; "ö", "oe"; "Ａ", "a"; "²", "2"; "漢", "汉"; "İ", "i" ]
                (fun (one, other) -> Require.isFalse ((fold one) = (fold other)))

            testTheory
                "folded texts are composed"
                [
                    "E\u0301", "é"
                    "GRÖSSE", "grösse"
                    "\u1112\u1161\u11AB", "한"
                    "\uD800", "\uFFFD"
                    "\u0958", "क\u093C"
                ]
                (fun (text, folded) -> Require.equal folded (fold text))

            property cases "folding again changes nothing" (fun (Written text) ->
                Require.equal (fold text) (fold (fold text)))

            property cases "a word of simple characters folds character by character" (fun (Written text) ->
                let mutable buffer = Array.zeroCreate 1
                let length = Unicode.FoldInto(text, &buffer)
                Require.equal (fold text) (String(buffer, 0, length)))

            testCase "every code point folds to what ICU composes of its folded parts" (fun () ->
                if not hasIcu then
                    skiptest "this process runs without ICU"

                for code in Seq.append (seq { 0x20..0xD7FF }) (seq { 0xE000..0x2FFFF }) do
                    let one = Char.ConvertFromUtf32 code

                    if
                        CharUnicodeInfo.GetUnicodeCategory code <> UnicodeCategory.OtherNotAssigned
                        && code <> 0xFFFF
                        && code <> 0xFFFE
                    then
                        let folded = fold one
                        Require.equal (folded.Normalize NormalizationForm.FormC) folded
                        Require.equal folded (fold (one.Normalize NormalizationForm.FormD))
                        Require.equal folded (fold (one.ToLowerInvariant())))

            property cases "texts compose as ICU composes them" (fun (Written text) ->
                if hasIcu then
                    Require.equal (fold text) (fold (text.Normalize NormalizationForm.FormD))
                    Require.equal ((fold text).Normalize NormalizationForm.FormC) (fold text))
        ]
