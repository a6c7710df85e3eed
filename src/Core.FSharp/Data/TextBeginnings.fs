namespace Limen.Core

open System
open System.Collections
open System.Collections.Generic

/// The first words of texts, as white space parts them; each is cut when it is read.
[<RequireQualifiedAccess>]
module internal TextBeginnings =

    /// A text up to the end of its word of that number, at least 1.
    let cut (words: int) (text: string) : string =
        let rec passed at count =
            if at = text.Length || (count = words && Char.IsWhiteSpace text[at]) then
                at
            else
                let begins =
                    not (Char.IsWhiteSpace text[at]) && (at = 0 || Char.IsWhiteSpace text[at - 1])

                passed (at + 1) (if begins then count + 1 else count)

        text.Substring(0, passed 0 0)

    /// The first so many words of each text; None: the texts.
    let ofTexts (words: int option) (texts: IReadOnlyList<string>) : IReadOnlyList<string> =
        match words with
        | None -> texts
        | Some words ->
            { new IReadOnlyList<string> with
                member _.Count = texts.Count

                member _.Item
                    with get at = cut words texts[at]
              interface IEnumerable<string> with
                  member _.GetEnumerator() =
                      (texts |> Seq.map (cut words)).GetEnumerator()
              interface IEnumerable with
                  member _.GetEnumerator() =
                      (texts |> Seq.map (cut words)).GetEnumerator() :> IEnumerator
            }
