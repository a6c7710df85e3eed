namespace Limen.Properties

open System
open System.Diagnostics
open System.IO
open Expecto
open Limen.Core

/// What a run of the command line left behind.
type Ran =
    {
        Code: int
        Output: string
        Error: string
    }

/// The built command line as a process of its own, and small data for it.
[<RequireQualifiedAccess>]
module CommandLine =

    let private program = Path.Combine(AppContext.BaseDirectory, "Limen.Cli.dll")

    /// A process that runs the program in a folder, its streams redirected.
    let start (folder: string) (arguments: string list) : Process =
        let info =
            ProcessStartInfo(
                "dotnet",
                program :: arguments,
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        Process.Start info

    /// Whether this process, and so every one that it starts, was started with Ctrl+C ignored, as shells start work in the background.
    let private ignoresInterrupt =
        let status = "/proc/self/status"
        let mark = "SigIgn:"

        File.Exists status
        && File.ReadLines status
           |> Seq.filter _.StartsWith(mark)
           |> Seq.exists (fun line -> Convert.ToUInt64(line.Substring(mark.Length).Trim(), 16) &&& 2UL <> 0UL)

    /// Stops a run as Ctrl+C does or, where that is ignored, as services are stopped.
    let interrupt (running: Process) : unit =
        let signal = if ignoresInterrupt then "-TERM" else "-INT"
        use kill = Process.Start("kill", [ signal; string running.Id ])
        kill.WaitForExit()

    let private outcome (input: string) (running: Process) : Ran =
        let error = running.StandardError.ReadToEndAsync()
        running.StandardInput.Write input
        running.StandardInput.Close()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()

        {
            Code = running.ExitCode
            Output = output
            Error = error.Result
        }

    /// Runs it in a folder with text on standard input.
    let runWith (input: string) (folder: string) (arguments: string list) : Ran =
        use running = start folder arguments
        outcome input running

    let run (folder: string) (arguments: string list) : Ran = runWith "" folder arguments

    /// The lines of a stream.
    let lines (text: string) : string list =
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

    /// It did what it should.
    let succeeds (ran: Ran) : Ran =
        if ran.Code <> 0 then
            failtest $"exit code {ran.Code}: {ran.Error}"

        ran

    /// It ended with the code, one line on standard error with all of these words, and nothing on standard output.
    let refuses (code: int) (words: string list) (ran: Ran) : unit =
        match lines ran.Error with
        | [ line ] ->
            for word in words do
                Expect.stringContains line word "the message"
        | several -> failtest $"expected one line on standard error, found {several.Length}:\n{ran.Error}"

        ran.Output |> Require.equal ""
        ran.Code |> Require.equal code

    let private words = [ "kite"; "river"; "lamp" ]
    let private labels = [ "toys"; "nature"; "home" ]

    /// Texts of labels that can be learned: a label's word stands in the texts that have the label; each text is another one.
    let jsonLines (first: int) (rows: int) : string list =
        [
            for row in first .. first + rows - 1 do
                let mine =
                    [
                        row % 3
                        if row % 4 = 0 then
                            (row + 1) % 3
                    ]

                let names = mine |> List.map (fun l -> $"\"{labels[l]}\"") |> String.concat ", "
                let text = mine |> List.map (fun l -> words[l]) |> String.concat " and "
                $"{{\"text\": \"the {text} of number{row}\", \"labels\": [{names}]}}"
        ]

    /// train.jsonl, dev.jsonl and test.jsonl of a folder.
    let writeTexts (folder: string) : unit =
        Directory.CreateDirectory folder |> ignore

        for name, first, rows in [ "train", 0, 120; "dev", 1000, 40; "test", 2000, 40 ] do
            File.WriteAllLines(Path.Combine(folder, $"{name}.jsonl"), jsonLines first rows)

    /// train.svm and test.svm of a folder: a label has a feature of its own.
    let writeFeatures (folder: string) : unit =
        Directory.CreateDirectory folder |> ignore

        let rows first count =
            [
                for row in first .. first + count - 1 do
                    $"{row % 3} {row % 3}:{1 + row % 5}.5 {3 + row % 4}:0.5 7:0.{1 + row % 97}"
            ]

        File.WriteAllLines(Path.Combine(folder, "train.svm"), rows 0 120)
        File.WriteAllLines(Path.Combine(folder, "test.svm"), rows 500 30)

    /// Settings with which a fit takes no time.
    let quick = [ "--scorer"; "linear"; "--view"; "longestTerm=1"; "--dev-only" ]

    /// A folder that is there until the tests are over: data (texts), svm (features), text and features (trained on these), thresholds (for another model's scores).
    let shared: Lazy<string> =
        lazy
            (let folder = (Directory.CreateTempSubdirectory "limen-").FullName
             AppDomain.CurrentDomain.ProcessExit.Add(fun _ -> Directory.Delete(folder, true))
             writeTexts (Path.Combine(folder, "data"))
             writeFeatures (Path.Combine(folder, "svm"))

             run folder ([ "train"; "--data"; "data"; "--out"; "text" ] @ quick)
             |> succeeds
             |> ignore

             run
                 folder
                 [
                     "train"
                     "svm"
                     "--out"
                     "features"
                     "--scorer"
                     "linear"
                     "--decide-on"
                     "holdOut(0.2)"
                 ]
             |> succeeds
             |> ignore

             Directory.CreateDirectory(Path.Combine(folder, "empty")) |> ignore
             folder)
