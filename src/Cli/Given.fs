namespace Limen.Cli

open System
open System.CommandLine
open System.CommandLine.Parsing
open System.Globalization

/// Options and arguments, and what was given of them.
[<RequireQualifiedAccess>]
module Given =

    let private parsed (expected: string) (parse: string -> 'value option) (result: ArgumentResult) : Nullable<'value> =
        match result.Tokens |> Seq.tryHead with
        | None -> Nullable()
        | Some token ->
            match parse token.Value with
            | Some value -> Nullable value
            | None ->
                let name =
                    match result.Parent with
                    | :? OptionResult as option -> option.Option.Name
                    | _ -> result.Argument.Name

                result.AddError $"{name}: expected {expected}, received \"{token.Value}\""
                Nullable()

    let private option (name: string) (value: string) (about: string) : Option<'value> =
        Option<'value>(name, Description = about, HelpName = value)

    /// A word or a path.
    let text (name: string) (value: string) (about: string) : Option<string> = option name value about

    /// The same, which may be given several times.
    let texts (name: string) (value: string) (about: string) : Option<string[]> = option name value about

    let flag (name: string) (about: string) : Option<bool> = Option<bool>(name, Description = about)

    let whole (name: string) (value: string) (about: string) : Option<Nullable<int>> =
        let parse (word: string) =
            match Int32.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) with
            | true, number -> Some number
            | _ -> None

        let o = option name value about
        o.CustomParser <- Func<_, _>(parsed "a whole number" parse)
        o

    let number (name: string) (value: string) (about: string) : Option<Nullable<float>> =
        let parse (word: string) =
            match Double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture) with
            | true, number when Double.IsFinite number -> Some number
            | _ -> None

        let o = option name value about
        o.CustomParser <- Func<_, _>(parsed "a number" parse)
        o

    /// A number that is also in its range, which is said in words.
    let within (expected: string) (isWithin: 'value -> bool) (o: Option<Nullable<'value>>) : Option<Nullable<'value>> =
        let parse = o.CustomParser

        // no validator of the library: it would ask for the value, which throws where it is no number
        o.CustomParser <-
            Func<_, _>(fun result ->
                let value = parse.Invoke result

                if value.HasValue && not (isWithin value.Value) then
                    result.AddError $"{o.Name}: expected {expected}, received \"{result.Tokens[0].Value}\""

                value)

        o

    /// A whole number of at least so much.
    let atLeast (least: int) (o: Option<Nullable<int>>) : Option<Nullable<int>> =
        within $"at least {least}" (fun value -> value >= least) o

    /// A number between 0 and 1, neither of them.
    let share (o: Option<Nullable<float>>) : Option<Nullable<float>> =
        within "a number above 0 and below 1" (fun value -> value > 0.0 && value < 1.0) o

    /// One of some words, completed by the shell.
    let oneOf (words: string list) (name: string) (value: string) (about: string) : Option<string> =
        let o = text name value about
        o.CompletionSources.Add(List.toArray words)
        let known = String.Join(" or ", words)

        o.Validators.Add(fun result ->
            match result.Tokens |> Seq.tryHead with
            | Some token when not (List.contains token.Value words) ->
                result.AddError $"{name}: expected {known}, received \"{token.Value}\""
            | _ -> ())

        o

    let argument (name: string) (about: string) : Argument<string> =
        Argument<string>(name, Description = about)

    /// Any number of words, none included.
    let words (name: string) (about: string) : Argument<string[]> =
        Argument<string[]>(name, Description = about, Arity = ArgumentArity.ZeroOrMore)

    /// What was given, None where nothing was.
    let tryText (o: Option<string>) (given: ParseResult) : string option = given.GetValue o |> Option.ofObj

    let tryNumber (o: Option<Nullable<'value>>) (given: ParseResult) : 'value option =
        given.GetValue o |> Option.ofNullable

    let all (o: Option<string[]>) (given: ParseResult) : string list =
        match given.GetValue o with
        | null -> []
        | several -> List.ofArray several

    let is (o: Option<bool>) (given: ParseResult) : bool = given.GetValue o

/// A command with examples, which its help shows.
type ExampleCommand(name: string, about: string, examples: string list) =
    inherit Command(name, about)

    member _.Examples = examples

    /// With its arguments and options, and what it does with what was given of them.
    member command.With(arguments: Argument list, options: Option list, run: ParseResult -> int) : ExampleCommand =
        arguments |> List.iter command.Add
        options |> List.iter command.Add
        command.SetAction(Func<ParseResult, int> run)
        command
