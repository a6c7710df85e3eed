namespace Limen.Cli

open System
open System.CommandLine
open System.CommandLine.Help
open System.CommandLine.Invocation

module Program =

    /// One file each.
    let private commands: ExampleCommand list =
        [
            TrainCommand.command
            PredictCommand.command
            EvaluateCommand.command
            ReportCommand.command
            DecideCommand.command
            ExplainCommand.command
            LabelsCommand.command
            InfoCommand.command
            SearchCommand.command
            ConvertCommand.command
            DemoCommand.command
            CompletionCommand.command
        ]

    /// The library's help, with the command's examples after it.
    type private HelpWithExamples() =
        inherit SynchronousCommandLineAction()

        override _.ClearsParseErrors = true

        override _.Invoke(given: ParseResult) : int =
            let code = HelpAction(MaxWidth = 120).Invoke given

            match given.CommandResult.Command with
            | :? ExampleCommand as command ->
                let output = given.InvocationConfiguration.Output
                output.WriteLine "Examples:"
                command.Examples |> List.iter (fun line -> output.WriteLine $"  {line}")
                output.WriteLine()
            | _ -> ()

            code

    let private debug =
        Option<bool>(
            "--debug",
            Description = "on a fault, print the exception with its stack trace too",
            Recursive = true
        )

    let private root =
        lazy
            (let root =
                RootCommand(
                    "Multi-label classification with a learned threshold for each label of each row. limen COMMAND --help says more, with examples."
                )

             root.Add debug
             commands |> List.iter root.Add

             for option in root.Options do
                 match option with
                 | :? HelpOption as help -> help.Action <- HelpWithExamples()
                 | _ -> ()

             root)

    let private invoke (given: ParseResult) : int =
        let isHelp =
            match given.Action with
            | null
            | :? ParseErrorAction -> false
            | action -> action.ClearsParseErrors

        match WrongUse.find (commands |> List.map _.Name) given with
        | faults when not isHelp && not faults.IsEmpty ->
            let name =
                match given.CommandResult.Command with
                | :? RootCommand -> "limen"
                | command -> $"limen {command.Name}"

            raise (Usage $"""{String.Join("; ", faults)} ({name} --help lists what there is)""")
        | _ ->
            given.Invoke(
                InvocationConfiguration(EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Nullable())
            )

    [<EntryPoint>]
    let main argv =
        // whether or not the rest of the line can be read
        let asksForTrace = Array.contains debug.Name argv

        try
            root.Value.Parse(argv, ParserConfiguration(ResponseFileTokenReplacer = null))
            |> invoke
        with e ->
            Faults.report asksForTrace e
