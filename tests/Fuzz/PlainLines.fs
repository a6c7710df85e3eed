namespace Limen.Fuzz

open System
open System.Text

/// Files of lines, read slowly.
[<RequireQualifiedAccess>]
module PlainLines =

    let private bytes (values: int list) = values |> List.map byte |> Array.ofList

    let private begins (input: byte[]) (mark: byte[]) =
        input.Length >= mark.Length && input[.. mark.Length - 1] = mark

    let private inUtf16 (input: byte[]) =
        let pairs =
            if input.Length < 16 then
                [||]
            else
                Array.chunkBySize 2 input[..15]

        pairs.Length = 8
        && (pairs |> Array.forall (fun p -> p[0] = 0uy && p[1] <> 0uy)
            || pairs |> Array.forall (fun p -> p[0] <> 0uy && p[1] = 0uy))

    /// Whether a file is something else than text in UTF-8 by its first bytes.
    let private isOther (input: byte[]) =
        inUtf16 input
        || begins input (bytes [ 0xFF; 0xFE ])
        || begins input (bytes [ 0xFE; 0xFF ])
        || begins input (bytes [ 0x1F; 0x8B ])
        || (begins input "BZh"B && input.Length > 4 && input[4] = byte '1')

    /// The lines of a file, a character for each byte, without line feeds; the empty ones at the end are left out. None for a file that is no text.
    let ofBytes (input: byte[]) : string list option =
        if isOther input then
            None
        else
            let input =
                if begins input (bytes [ 0xEF; 0xBB; 0xBF ]) then
                    input[3..]
                else
                    input

            let lines = (Encoding.Latin1.GetString input).Split '\n' |> List.ofArray

            lines
            |> List.rev
            |> List.skipWhile (fun line -> line.Trim '\r' = "")
            |> List.rev
            |> Some

    /// The same as text, None where it is no UTF-8.
    let ofText (input: byte[]) : string list option =
        let decode (line: string) =
            UTF8Encoding(false, true).GetString(Encoding.Latin1.GetBytes line)

        try
            ofBytes input |> Option.map (List.map decode)
        with :? DecoderFallbackException ->
            None
