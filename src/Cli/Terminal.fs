namespace Limen.Cli

open System
open Spectre.Console
open Limen.Kernels

/// Wrong use of the command line: what was expected, in a line.
exception Usage of message: string with
    override e.Message = e.message

/// Values of options that are out of their range, or none of what an option takes.
[<RequireQualifiedAccess>]
module WrongValues =

    /// Throws Usage with all of these faults of what was given; nothing where there is none.
    let require (faults: string list) : unit =
        if not faults.IsEmpty then
            raise (Usage(String.Join("; ", List.distinct faults)))

    /// What is no setting, of what was given, is wrong use.
    let ofSettings (f: unit -> 'a) : 'a =
        try
            f ()
        with :? Limen.Core.ConfigurationException as e ->
            raise (Usage(String.Join("; ", e.Faults)))

/// The two streams: results go to standard output, everything else (what is going on, notes, warnings, faults) to standard error.
[<RequireQualifiedAccess>]
module Terminal =

    let private console (redirected: bool) (writer: IO.TextWriter) : IAnsiConsole =
        let console =
            AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput writer))

        if redirected then
            console.Profile.Capabilities.Ansi <- false
            console.Profile.Capabilities.Interactive <- false
            console.Profile.Width <- 160

        console

    /// For tables, on standard output.
    let output: Lazy<IAnsiConsole> =
        lazy (console Console.IsOutputRedirected Console.Out)

    /// For progress, on standard error.
    let error: Lazy<IAnsiConsole> =
        lazy (console Console.IsErrorRedirected Console.Error)

    /// A line of what is going on. Characters that a terminal would obey, which names of files and labels may have, are shown by their numbers.
    let note (line: string) : unit =
        Console.Error.WriteLine(ParseFault.Readable line)

    /// A line that asks for attention: one line, however long, where no terminal wraps it.
    let warn (line: string) : unit =
        if Console.IsErrorRedirected then
            note $"warning: {line}"
        else
            error.Value.Write(Text($"warning: {ParseFault.Readable line}\n", Style(Nullable Color.Yellow)))

    /// A line of a result: as it is for a program that reads it, and for people without what a terminal would obey.
    let print (line: string) : unit =
        if Console.IsOutputRedirected then
            Console.Out.WriteLine line
        else
            let readable (mark: string) (inner: string -> string) (text: string) =
                text.Split mark |> Array.map inner |> String.concat mark

            line
            |> readable "\n" (readable "\t" ParseFault.Readable)
            |> Console.Out.WriteLine

    /// A cell of a table that shows a text as it is, without what a terminal would obey.
    let cell (text: string) : string = Markup.Escape(ParseFault.Readable text)

    /// A table with these columns, of which the first is text and the others numbers.
    let table (columns: string list) : Table =
        let table = Table().Border(TableBorder.Rounded)

        columns
        |> List.iteri (fun i name ->
            let column = TableColumn(cell name)
            table.AddColumn(if i = 0 then column else column.RightAligned()) |> ignore)

        table

    let addRow (cells: string list) (table: Table) : unit =
        table.AddRow(cells |> List.map cell |> List.toArray) |> ignore
