namespace Limen.Fuzz

open System
open System.Text
open System.Text.RegularExpressions

/// Seeded changes of settings files: of their words and numbers, or of their bytes.
[<RequireQualifiedAccess>]
module SettingEdits =

    let private pick (random: Random) (values: 'a[]) : 'a = values[random.Next values.Length]

    let private numbers =
        [|
            "0"
            "-1"
            "1"
            "2"
            "0.5"
            "1e-300"
            "1e300"
            "1e999"
            "-1e999"
            "nan"
            "NaN"
            "Infinity"
            "-Infinity"
            "∞"
            "2147483647"
            "-2147483648"
            "2147483648"
            "99999999999999999999"
            "65536"
            "65537"
            "0x10"
            "1_000"
            "1,5"
            "1.0"
            "007"
            "+3"
        |]

    let private words =
        [|
            "null"
            "true"
            "default"
            "[]"
            "{}"
            "[1, 2]"
            "[[\"a\"]]"
            "[null]"
            "\"\""
            "perceptron"
            "linear"
            "ensemble"
            "ensemble(scorer=ensemble(scorer=linear))"
            "gaussianNaiveBayes"
            "idf"
            "featureKnn"
            "mlKnn"
            "focal"
            "margin"
            "0.3 focal + 0.7 margin"
            "nan margin"
            "0 idf + 0 tfIdf"
            "rCut"
            "gfm"
            "plugIn"
            "platt"
            "characters(3, 5)"
            "eachLabel"
            "epochs"
            "seed"
            "seed=1, seed=2"
            "objective"
            "loss"
            "a"
            "label 1"
            ") + values("
            "perLabel"
            "values"
            "999"
        |]

    let private piece = Regex(@"[\p{L}\d_.+-]+|""|[\[\](){}=,:]")

    /// Another word or number in the place of one, one taken out, or one more.
    let private ofWords (random: Random) (text: string) : string =
        match piece.Matches text with
        | found when found.Count = 0 -> text + pick random words
        | found ->
            let at = found[random.Next found.Count]
            let before, after = text[.. at.Index - 1], text[at.Index + at.Length ..]

            match random.Next 8 with
            | 0 -> before + after
            | 1 -> before + at.Value + at.Value + after
            | 2 -> before + at.Value + ", " + pick random words + after
            | 3
            | 4 -> before + pick random words + after
            | 5 -> before + found[random.Next found.Count].Value + after
            | _ -> before + pick random numbers + after

    let private one (random: Random) (input: byte[]) : byte[] =
        if random.Next 4 = 0 then
            Edits.one random input
        else
            Encoding.UTF8.GetString input |> ofWords random |> Encoding.UTF8.GetBytes

    /// Up to three edits in three of four cases, else up to twenty.
    let mutate (random: Random) (input: byte[]) : byte[] * bool =
        let near = random.Next 4 > 0
        let count = if near then random.Next 4 else 4 + random.Next 17
        Seq.fold (fun bytes _ -> one random bytes) input (seq { 1..count }), near
