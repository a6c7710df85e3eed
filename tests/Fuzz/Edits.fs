namespace Limen.Fuzz

open System

/// Seeded changes of bytes.
[<RequireQualifiedAccess>]
module Edits =

    /// A whole number below n, 0 where n is 0.
    let private below (random: Random) n = if n <= 0 then 0 else random.Next n

    let private pick (random: Random) (values: 'a[]) : 'a = values[random.Next values.Length]

    /// Bytes that mean something in one format or another.
    let private bytes =
        "0123456789 ,:.#\t\n\r+-eE{}[]\"\\/_\000\001\027\127\128\195\237\239\254\255"
        |> Seq.map byte
        |> Seq.toArray

    /// Pieces that readers stumble over: limits of numbers, blanks, line ends, marks, control characters.
    let private pieces: byte[][] =
        [|
            "2147483647"
            "2147483648"
            "4294967296"
            "99999999999999999999"
            "268435454"
            "-1"
            "+1"
            "1.0"
            "1e39"
            "-0"
            "1e-46"
            "NaN"
            "Infinity"
            "-Infinity"
            "nan"
            "0x10"
            "1_0"
            ".5"
            "5."
            "1e5"
            "1E+2"
            "0.1234567890123456789"
            "00007"
            "\n"
            "\r\n"
            "\r"
            "\n\n"
            " \n"
            "\n# a comment\n"
            "\n  # a comment\n"
            "#"
            " # "
            "\t"
            "  "
            ","
            ",,"
            ":"
            "::"
            " 3:"
            "qid:3"
            " qid:3 "
            "\u001b[31m"
            "\u0085"
            "\u2028"
            "\u00a0"
            "\ufeff"
            "é"
            "漢"
            "\000"
            "\000\000\000\000"
            "__label__"
            " __label__a"
            "\"labels\""
            "\"text\""
            "[]"
            "{}"
            "null"
            "\\ud83d"
            "\\u0000"
            "1 5 3\n"
        |]
        |> Array.map Text.Encoding.UTF8.GetBytes

    let private splice (input: byte[]) at removed (inserted: byte[]) =
        Array.concat [ input[.. at - 1]; inserted; input[at + removed ..] ]

    /// A part of the input: mostly short.
    let private span random (input: byte[]) =
        let at = below random (input.Length + 1)
        let longest = if below random 8 = 0 then input.Length else 12
        at, min (input.Length - at) (below random (longest + 1))

    /// One edit: a bit, a byte, a part taken out, doubled, put elsewhere, a known piece put in or in the place of a part, the end cut off.
    let one (random: Random) (input: byte[]) : byte[] =
        let at, length = span random input

        match random.Next 9 with
        | 0 when at < input.Length -> splice input at 1 [| input[at] ^^^ (1uy <<< random.Next 8) |]
        | 1 when at < input.Length -> splice input at 1 [| pick random bytes |]
        | 2 -> splice input at length [||]
        | 3 -> splice input at 0 input[at .. at + length - 1]
        | 4 -> splice input (below random (input.Length + 1)) 0 input[at .. at + length - 1]
        | 5 -> splice input at length (pick random pieces)
        | 6 when random.Next 4 = 0 -> input[.. at - 1]
        | 7 when at < input.Length -> splice input at 1 [| byte (random.Next 256) |]
        | _ -> splice input at 0 (pick random pieces)

    /// So many edits, one after the other.
    let several (random: Random) (count: int) (input: byte[]) : byte[] =
        Seq.fold (fun bytes _ -> one random bytes) input (seq { 1..count })

    /// Up to three edits in three of four cases, else up to forty.
    let mutate (random: Random) (input: byte[]) : byte[] * bool =
        if random.Next 4 > 0 then
            several random (random.Next 4) input, true
        else
            several random (4 + random.Next 37) input, false
