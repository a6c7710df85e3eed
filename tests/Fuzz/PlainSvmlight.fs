namespace Limen.Fuzz

open System
open System.Globalization
open System.Numerics
open System.Text.RegularExpressions

/// Svmlight as it is described, read slowly: a definition to hold the fast reader to.
[<RequireQualifiedAccess>]
module PlainSvmlight =

    /// Labels, ascending, and features with their values as they are written.
    type Row = int list * (int * string) list

    let private blanks = [| ' '; '\t' |]

    let private words (text: string) =
        text.Split(blanks, StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

    let private most = BigInteger Int32.MaxValue
    let private whole = Regex(@"^[0-9]+\z")

    let private below (limit: BigInteger) (text: string) : int option =
        if
            whole.IsMatch text
            && BigInteger.Parse(text, CultureInfo.InvariantCulture) < limit
        then
            Some(int text)
        else
            None

    /// The values, where all are there.
    let private all (values: 'a option list) : 'a list option =
        if List.forall Option.isSome values then
            Some(List.map Option.get values)
        else
            None

    let private label limit (text: string) =
        let found = Regex.Match(text, @"^\+?([0-9]+)(?:\.0+)?\z")

        if found.Success then
            below limit (found.Groups[1].Value.TrimStart('0').PadLeft(1, '0'))
        else
            None

    let private labels limit (word: string) =
        match word.Split ',' |> List.ofArray |> List.map (label limit) |> all with
        | Some ids -> Some(ids |> List.distinct |> List.sort)
        | None -> None

    let private feature limit (word: string) =
        match word.Split(':', 2) with
        | [| id; value |] when PlainNumbers.isNumber value ->
            below
                limit
                (if whole.IsMatch id then
                     id.TrimStart('0').PadLeft(1, '0')
                 else
                     id)
            |> Option.map (fun id -> id, value)
        | _ -> None

    let private features limit (words: string list) =
        let words =
            match words with
            | first :: rest when Regex.IsMatch(first, @"^qid:[0-9]+\z") -> rest
            | _ -> words

        match words |> List.map (feature limit) |> all with
        | Some pairs when List.pairwise pairs |> List.forall (fun ((a, _), (b, _)) -> a < b) -> Some pairs
        | _ -> None

    /// A row of a line without its comment, None where it is none.
    let private row (featureLimit, labelLimit) (line: string) : Row option =
        if line = "" then
            None
        else
            let first =
                if Array.contains line[0] blanks then
                    0
                else
                    (line + " ").IndexOfAny blanks

            let labels =
                if first = 0 then
                    Some []
                else
                    labels labelLimit line[.. first - 1]

            match labels, features featureLimit (words line[first..]) with
            | Some labels, Some features -> Some(labels, features)
            | _ -> None

    let private header (line: string) =
        match words (line.TrimEnd '\r') |> List.map (below (most + 1I)) with
        | [ Some n; Some d; Some l ] -> Some(n, d, l)
        | _ -> None

    /// Without comment and line end; None for a line that is a comment.
    let private content (line: string) : string option =
        match line.IndexOf '#' with
        | -1 ->
            Some(
                if line.EndsWith '\r' then
                    line[.. line.Length - 2]
                else
                    line
            )
        | at when line[.. at - 1].Trim blanks = "" -> None
        | at -> Some line[.. at - 1]

    /// The rows of a file; None for one that is not as it should be.
    let read (input: byte[]) : Row list option =
        match PlainLines.ofBytes input with
        | None
        | Some [] -> None
        | Some(first :: rest as lines) ->
            let header = header first

            let limits =
                match header with
                | Some(_, d, l) -> BigInteger d, BigInteger l
                | None -> most, most

            match
                (if header.IsSome then rest else lines)
                |> List.choose content
                |> List.map (row limits)
                |> all
            with
            | None
            | Some [] -> None
            | Some rows ->
                match header with
                | Some(n, _, _) when n <> rows.Length -> None
                | _ -> Some rows

    /// What differs between rows and what they should be, None where nothing does.
    let difference (expected: Row list) (received: Row list * float32 list list) : string option =
        let rows, values = received

        if List.map fst rows <> List.map fst expected then
            Some "labels"
        elif List.map (snd >> List.map fst) rows <> List.map (snd >> List.map fst) expected then
            Some "features"
        else
            List.zip expected values
            |> List.tryPick (fun ((_, pairs), values) ->
                List.zip pairs values
                |> List.tryPick (fun ((_, text), v) ->
                    if PlainNumbers.says text v then
                        None
                    else
                        Some $"{v:R} for {text}"))
