namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// The tokenisers of one's own (Tokens.Of) that are given again where a model is loaded, each known by what it makes of a sample text: no folder holds code.
[<Sealed>]
type internal GivenTokenisers(given: Func<string, IEnumerable<string>> list, manifest: string) =
    let known =
        given |> List.map (fun tokeniser -> Tokens.fingerprint tokeniser, tokeniser)

    let asked = HashSet<string>()

    /// The one with a fingerprint. Throws ModelFormatException where none of those given has it.
    member _.Find(fingerprint: string) : Func<string, IEnumerable<string>> =
        asked.Add fingerprint |> ignore

        match known |> List.tryFind (fst >> (=) fingerprint) with
        | Some(_, tokeniser) -> tokeniser
        | None ->
            let reason =
                if given.IsEmpty then
                    "the model was fitted with a tokeniser of one's own, which no folder holds: load it with that tokeniser"
                else
                    "none of the tokenisers given cuts the sample text as the one does that the model was fitted with"

            raise (ModelFormatException(manifest, reason))

    /// Throws ArgumentException where some of those given were never asked for.
    member _.RequireAsked() : unit =
        match known |> List.filter (fst >> asked.Contains >> not) with
        | [] -> ()
        | idle ->
            invalidArg
                "tokenisers"
                $"expected the tokenisers that the model was fitted with, received {idle.Length} that it was not"
