namespace Limen.Properties

open System
open System.Collections.Generic
open Limen.Kernels

/// Every public function that reads texts: counters, tokenisers, parsers.
[<RequireQualifiedAccess>]
module HostileTextKernels =

    open HostileCalls

    let private selection (a: HostileArguments) =
        TermSelection(a.Size, a.Size, a.Size, a.Size)

    let private tokeniser (a: HostileArguments) : Func<Tokeniser> =
        a.OneOf
            [|
                Func<Tokeniser>(fun () ->
                    WordTokeniser(a.OneOf [| TokenCharacters.Letters; TokenCharacters.Words; enum 9 |]) :> Tokeniser)
                Func<Tokeniser>(fun () -> SpaceTokeniser() :> Tokeniser)
                Func<Tokeniser>(fun () -> OwnTokeniser(fun text -> [| text; null; "" |] |> Seq.ofArray) :> Tokeniser)
                null
            |]

    let private tokens (t: Tokeniser) (a: HostileArguments) =
        t.Current.Length |> ignore
        t.MoveNext() |> ignore
        t.Start a.Text

        while t.MoveNext() do
            t.Current.Length |> ignore
            t.StandsAlone |> ignore

        t.Current.Length |> ignore

    let private terms (a: HostileArguments) : string[] =
        [| "one"; "two"; "one two"; "漢" |] |> Array.truncate a.Small |> a.OrNull

    let private json =
        [|
            "{"
            "}"
            "["
            "]"
            "\"text\""
            "\"labels\""
            ":"
            ","
            "\"a\""
            "1"
            "1e99"
            "null"
            "\n"
            "\\ud800"
            " "
            "\u0000"
        |]

    let private fields (a: HostileArguments) =
        JsonFields(a.OrNull [| "text" |], a.OrNull [| "labels" |], a.Size = 1, a.OrNull "weight", a.OrNull [| "id" |])
        |> a.OrNull

    /// By their names and those of their parameters.
    let all: HostileKernel list =
        [
            "CharacterCounter.Count(texts selection)", fun a -> CharacterCounter.Count(a.Texts, selection a) |> ignore
            "CharacterIndex.new(terms shortest longest)",
            fun a -> CharacterIndex(terms a, a.Size, a.Size).Count(a.Texts) |> ignore
            "WordIndex.new(terms tokeniser)", fun a -> WordIndex(terms a, tokeniser a).Count(a.Texts) |> ignore
            "TermIndex.Count(texts)", fun a -> WordIndex([| "one" |], tokeniser a).Count(a.Texts) |> ignore
            "TermCounter.Count(texts tokeniser selection)",
            fun a -> TermCounter.Count(a.Texts, tokeniser a, selection a) |> ignore
            "JsonArrayParser.Parse(fields read)",
            fun a ->
                let bytes = a.Bytes json
                let mutable from = 0

                let next =
                    Func<byte[], int, int, int>(fun buffer offset count ->
                        let n = min count (bytes.Length - from)
                        Array.blit bytes from buffer offset n
                        from <- from + n
                        if a.Size = Int32.MaxValue then a.Size else n)

                JsonArrayParser.Parse(fields a, a.OrNull next) |> ignore
            "JsonLinesParser.Parse(fields lines)",
            fun a -> JsonLinesParser.Parse(fields a, read (a.Bytes json)) |> ignore
            "OwnTokeniser.new(cut)",
            fun a ->
                OwnTokeniser(a.OrNull(Func<string, IEnumerable<string>>(fun _ -> a.Texts)))
                |> tokens
                <| a
            "OwnTokeniser.MoveNext()", fun a -> OwnTokeniser(fun _ -> a.Texts).MoveNext() |> ignore
            "OwnTokeniser.Start(text)", fun a -> OwnTokeniser(fun _ -> a.Texts).Start a.Text
            "SpaceTokeniser.new()", fun a -> SpaceTokeniser() |> tokens <| a
            "SpaceTokeniser.MoveNext()", fun _ -> SpaceTokeniser().MoveNext() |> ignore
            "SpaceTokeniser.Start(text)", fun a -> SpaceTokeniser().Start a.Text
            "WordTokeniser.new(characters)", fun a -> WordTokeniser(enum a.Size) |> tokens <| a
            "WordTokeniser.MoveNext()", fun a -> WordTokeniser(enum a.Size).MoveNext() |> ignore
            "WordTokeniser.Start(text)", fun a -> WordTokeniser(enum a.Size).Start a.Text
            "Tokeniser.MoveNext()", fun a -> SpaceTokeniser() |> tokens <| a
            "Tokeniser.Start(text)", fun a -> SpaceTokeniser() |> tokens <| a
            "ParseFault.Quote(rest)", fun a -> ParseFault.Quote(read (a.Bytes json)) |> ignore
            "ParseFault.Readable(text)", fun a -> ParseFault.Readable a.Text |> ignore
            "SvmlightParser.Parse(lines skipFirst ids)",
            fun a ->
                let bytes =
                    a.Bytes
                        [|
                            "1"
                            ","
                            " "
                            ":"
                            "2147483647"
                            "4294967296"
                            "-1"
                            "\n"
                            "#"
                            "1:1"
                            " 2:0.5\n"
                        |]

                SvmlightParser.Parse(
                    read (Array.append bytes [| 10uy |]),
                    (a.Size = 1),
                    SvmlightIds(a.Size, a.Size, a.Size, a.Size)
                )
                |> ignore
            "TextList.Of(texts)", fun a -> TextList.Of a.Texts |> ignore
            "TextList.Concat(lists)",
            fun a ->
                TextList.Concat(a.OrNull [| a.OrNull(TextList.Of a.Texts); TextList.Of a.Texts |])
                |> ignore
            "TextList.Item(index)", fun a -> (TextList.Of a.Texts)[a.Size] |> ignore
            "TextList.Select(rows)",
            fun a -> (TextList.Of a.Texts).Select(a.OrNull(a.Ids(int64 a.Small, a.Small))) |> ignore
            "TextList.GetEnumerator()", fun a -> TextList.Of a.Texts |> Seq.toArray |> ignore
            "TextListBuilder.new()", fun _ -> TextListBuilder().ToList() |> ignore
            "TextListBuilder.Add(added)", fun a -> TextListBuilder().Add a.Text
            "TextListBuilder.ToList()",
            fun a ->
                let builder = TextListBuilder()
                builder.ToList() |> ignore
                builder.Add a.Text
                builder.ToList() |> ignore
            "Unicode.Folded(text)",
            fun a ->
                (match a.Text with
                 | null -> ()
                 | text -> Unicode.Folded(text.AsSpan()) |> ignore)
        ]
