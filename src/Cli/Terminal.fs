namespace Limen.Cli

open System
open Spectre.Console

/// Wrong use of the command line: what was expected, in a line.
exception Usage of message: string with
    override e.Message = e.message

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

    /// A line of what is going on.
    let note (line: string) : unit = Console.Error.WriteLine line

    /// A line that asks for attention: one line, however long, where no terminal wraps it.
    let warn (line: string) : unit =
        if Console.IsErrorRedirected then
            note $"warning: {line}"
        else
            error.Value.Write(Text($"warning: {line}\n", Style(Nullable Color.Yellow)))

    /// A line of a result.
    let print (line: string) : unit = Console.Out.WriteLine line

    /// A cell of a table that shows a text as it is.
    let cell (text: string) : string = Markup.Escape text

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
