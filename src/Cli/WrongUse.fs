namespace Limen.Cli

open System
open System.CommandLine
open System.CommandLine.Parsing

/// What is wrong with a command line before its command runs, in words.
[<RequireQualifiedAccess>]
module WrongUse =

    let private isOption (word: string) =
        word.Length > 1 && word[0] = '-' && not (Char.IsDigit word[1])

    /// Words that begin with a hyphen and were taken for arguments: they are texts only after --.
    let private takenForArguments (given: ParseResult) : string list =
        let ofArguments =
            given.CommandResult.Children
            |> Seq.choose (function
                | :? ArgumentResult as argument -> Some argument.Tokens
                | _ -> None)
            |> Seq.concat
            |> Seq.toList

        let isArgument token =
            ofArguments |> List.exists (fun other -> Object.ReferenceEquals(token, other))

        given.Tokens
        |> Seq.takeWhile (fun token -> token.Type <> TokenType.DoubleDash)
        |> Seq.filter (fun token -> isOption token.Value && isArgument token)
        |> Seq.map _.Value
        |> Seq.toList

    let private noOption (word: string) =
        $"there is no option {word} (a text that begins with a hyphen comes after --)"

    let private ofRoot (commands: string list) (given: ParseResult) : string list =
        let known = String.concat ", " commands

        match List.ofSeq given.UnmatchedTokens with
        | [] when given.Errors.Count > 0 -> [ $"expected a command, one of {known}" ]
        | [] -> []
        | word :: _ when isOption word -> [ $"there is no option {word}" ]
        | word :: _ -> [ $"there is no command \"{word}\": expected one of {known}" ]

    /// An error of the library in our words, where a value is missing.
    let private said (error: ParseError) : string =
        match error.SymbolResult with
        | :? OptionResult as result when Seq.isEmpty result.Tokens ->
            $"{result.Option.Name}: expected {result.Option.HelpName}, received nothing"
        | :? ArgumentResult as result when Seq.isEmpty result.Tokens ->
            $"expected {result.Argument.Name}: {result.Argument.Description}"
        | _ -> error.Message.TrimEnd '.'

    let private ofCommand (given: ParseResult) : string list =
        match takenForArguments given, List.ofSeq given.UnmatchedTokens with
        | [], [] -> given.Errors |> Seq.map said |> Seq.distinct |> List.ofSeq
        | [], words ->
            match List.filter isOption words with
            | [] -> [ $"""there is no place for "{String.Join(' ', words)}" here""" ]
            | options -> List.map noOption options
        | options, _ -> List.map noOption options

    /// Nothing where the command can run.
    let find (commands: string list) (given: ParseResult) : string list =
        match given.CommandResult.Command with
        | :? RootCommand -> ofRoot commands given
        | _ -> ofCommand given
