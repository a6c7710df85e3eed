/// Saving in processes that are killed, whose disk is full, or that may not write.
module Limen.Properties.SavingKillProperties

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open System.Threading
open Expecto
open Limen
open Limen.Core

/// Two models, told from each other by what they propose.
let private models =
    lazy
        (let model = SmallProblem.model.Value

         model,
         { model with
             Ranker =
                 { model.Ranker with
                     Candidates = model.Ranker.Candidates + 1
                 }
         })

/// A folder with both models saved, and a third place where the first one is.
let private inFolders (test: string -> string -> string -> unit) =
    TemporaryFolder.using (fun around ->
        let at (name: string) = Path.Combine(around, name)
        let first, second = models.Value
        Store.save (at "first") first
        Store.save (at "second") second
        Directory.CreateDirectory(at "place") |> ignore
        let target = Path.Combine(at "place", "model")
        Store.save target first
        test (at "first") (at "second") target)

let private program = Path.Combine(AppContext.BaseDirectory, "Limen.Fuzz.dll")

let private start (command: string list) : Process =
    Process.Start(
        ProcessStartInfo(command.Head, command.Tail, RedirectStandardOutput = true, RedirectStandardError = true)
    )

let private dotnet = Environment.ProcessPath

/// What a command ends with, and what it wrote.
let private run (command: string list) : int * string =
    use running = start command
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output + errors.Result

let private has (command: string list) : bool =
    try
        fst (run command) = 0
    with :? ComponentModel.Win32Exception ->
        false

/// The old or the new model is at the place, whole, and the next save leaves nothing else there.
let private requireWhole (target: string) =
    let first, second = models.Value
    let found = (Store.load target).Ranker.Candidates
    Require.isTrue (found = first.Ranker.Candidates || found = second.Ranker.Candidates)
    Store.save target first
    Require.equal first.Ranker.Candidates (Store.load target).Ranker.Candidates
    Require.equal [| target |] (Directory.GetFileSystemEntries(Path.GetDirectoryName target))

/// Calls that change files or folders, or open, lock, flush or close them.
let private calls =
    "openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,write,pwrite64,pwritev,fsync,fdatasync,ftruncate,fallocate,flock,chmod,fchmod,fchmodat,close"

let private traced (arguments: string list) (log: string) (command: string list) =
    run ("strace" :: "-f" :: "-o" :: log :: arguments @ command)

/// Each call of the thread that saves, from its folder's making to its removal: its name and which one of this name it is in the thread.
let private recorded (log: string) : (string * int) list =
    let lines =
        File.ReadAllLines log
        |> Array.choose (fun line ->
            let m = Regex.Match(line, @"^(\d+)\s+(\w+)\((.*)$")

            if m.Success then
                Some(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value)
            else
                None)

    let thread, _, _ =
        lines
        |> Array.find (fun (_, name, rest) -> name.StartsWith "mkdir" && rest.Contains ".saving")

    let own = lines |> Array.filter (fun (id, _, _) -> id = thread)

    let first =
        own
        |> Array.findIndex (fun (_, name, rest) -> name.StartsWith "mkdir" && rest.Contains ".saving")

    let last =
        own
        |> Array.findIndexBack (fun (_, name, rest) -> name = "rmdir" && rest.Contains ".saving")

    [
        for at in first..last do
            let _, name, _ = own[at]
            name, own[..at] |> Array.filter (fun (_, other, _) -> other = name) |> Array.length
    ]

/// Saves the second model over the first, and is killed as it begins a call. Whether it was killed, and not done before.
let private killedAt (way: string) (second: string) (target: string) (name: string, number: int) : bool =
    let log = target + ".log"

    let code, _ =
        traced
            [ $"--trace={name}"; $"--inject={name}:signal=KILL:when={number}" ]
            log
            [ dotnet; program; "save-once"; way; second; target ]

    File.Delete log
    code <> 0

let private evenly (count: int) (items: 'a list) : 'a list =
    [ for i in 0 .. count - 1 -> items[i * items.Length / count] ]

/// Every kill takes a start of .NET: few in a usual run, and in the proof at least every call and 200 each way, in parts of a few, that a machine with
/// other work ends each of them within minutes.
let private parts = if Cases.isProof then 40 else 1

let private killsOfPart = if Cases.isProof then 5 else 6

/// A part of the calls, of which together there are all, and as many as promised.
let private ofPart (part: int) (all: (string * int) list) =
    let wanted = max (parts * killsOfPart) (if Cases.isProof then all.Length else 0)

    (if wanted <= all.Length then
         evenly wanted all
     else
         all @ evenly (wanted - all.Length) all)
    |> List.indexed
    |> List.filter (fun (i, _) -> i % parts = part)
    |> List.map snd

let private waysAndParts =
    [
        for way in [ "in-one-step"; "in-two-steps" ] do
            for part in 0 .. parts - 1 -> way, part
    ]

[<Tests>]
let tests =
    testList
        "SavingKilled"
        [
            testTheory "killed as it begins a call: old or new, whole" waysAndParts (fun (way, part) ->
                if not (has [ "strace"; "-e"; "trace=none"; "true" ]) then
                    skiptest "strace is not here, or may not trace"

                inFolders (fun _ second target ->
                    let log = target + ".log"

                    traced [ $"--trace={calls}" ] log [ dotnet; program; "save-once"; way; second; target ]
                    |> fst
                    |> Require.equal 0

                    let all = recorded log
                    File.Delete log
                    // the record shows a save, and not its beginning alone
                    Require.atLeast 20 all.Length
                    Require.isTrue (all |> List.exists (fun (name, _) -> name.StartsWith "rename"))
                    Require.isTrue (all |> List.exists (fun (name, _) -> name = "fsync"))

                    let chosen = ofPart part all
                    let mutable killed = 0

                    for call in chosen do
                        if killedAt way second target call then
                            killed <- killed + 1

                        requireWhole target

                    let covered =
                        chosen
                        |> List.countBy fst
                        |> List.map (fun (name, count) -> $"{name} {count}")
                        |> String.concat ", "

                    if Cases.isProof then
                        printfn
                            $"{way}, part {part}: {killed} of {chosen.Length} saves killed, of {all.Length} calls recorded: {covered}"

                    Require.atLeast (chosen.Length * 9 / 10) killed))

            testTheory "killed at any time: old or new, whole" [ "in-one-step"; "in-two-steps" ] (fun way ->
                inFolders (fun first second target ->
                    let random = Random 1

                    for _ in 1 .. (if Cases.isProof then 30 else 3) do
                        use saving = start [ dotnet; program; "save"; way; first; second; target ]
                        Require.equal "saved" (saving.StandardOutput.ReadLine())
                        Thread.Sleep(random.Next 200)
                        saving.Kill()
                        saving.WaitForExit()
                        requireWhole target))

            testCase "a full disk: the old model stays, and nothing is left beside it" (fun () ->
                inFolders (fun first second _ ->
                    let disk = first + ".disk"
                    Directory.CreateDirectory disk |> ignore

                    let size =
                        Directory.GetFiles first |> Array.sumBy (fun file -> FileInfo(file).Length)

                    // room for one model and some of another
                    if
                        not (
                            has
                                [
                                    "mount"
                                    "-t"
                                    "tmpfs"
                                    "-o"
                                    $"size={size * 3L / 2L / 4096L * 4096L + 32768L}"
                                    "none"
                                    disk
                                ]
                        )
                    then
                        skiptest "a disk in memory may not be mounted here"

                    try
                        let target = Path.Combine(disk, "model")
                        Store.save target (fst models.Value)

                        Require.throws<IOException>(fun () ->
                            Store.save target (Store.load second)
                            null)

                        Require.equal (fst models.Value).Ranker.Candidates (Store.load target).Ranker.Candidates
                        Require.equal [| target |] (Directory.GetFileSystemEntries disk)
                    finally
                        run [ "umount"; disk ] |> ignore))

            testCase "where nothing may be written, the reason is said and the model stays" (fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "rights of Unix"

                inFolders (fun _ second target ->
                    let parent = Path.GetDirectoryName target
                    let save = [ dotnet; program; "save-once"; "in-one-step"; second; target ]

                    // root may write anywhere
                    let asOther =
                        if Environment.UserName = "root" then
                            [ "setpriv"; "--reuid=65534"; "--regid=65534"; "--clear-groups" ] @ save
                        else
                            save

                    File.SetUnixFileMode(
                        Path.GetDirectoryName parent,
                        UnixFileMode.UserRead
                        ||| UnixFileMode.UserWrite
                        ||| UnixFileMode.UserExecute
                        ||| UnixFileMode.OtherRead
                        ||| UnixFileMode.OtherExecute
                    )

                    File.SetUnixFileMode(
                        parent,
                        UnixFileMode.UserRead
                        ||| UnixFileMode.UserExecute
                        ||| UnixFileMode.OtherRead
                        ||| UnixFileMode.OtherExecute
                    )

                    try
                        match run asOther with
                        | 3, words ->
                            Require.startsWith "UnauthorizedAccessException: " words
                            Require.equal (fst models.Value).Ranker.Candidates (Store.load target).Ranker.Candidates
                            Require.equal [| target |] (Directory.GetFileSystemEntries parent)
                        | _, words -> skiptest $"another user cannot run the program here: {words}"
                    finally
                        File.SetUnixFileMode(
                            parent,
                            UnixFileMode.UserRead ||| UnixFileMode.UserWrite ||| UnixFileMode.UserExecute
                        )))
        ]
