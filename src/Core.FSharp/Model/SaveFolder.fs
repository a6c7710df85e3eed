namespace Limen.Core

open System
open System.IO

/// How a new folder takes the place of an old one.
type internal Replacement =
    /// In one step (Linux).
    | InOneStep
    /// The old one moves away, then the new one comes: between the two there is none at the place, and who reads recovers.
    | InTwoSteps

/// Where a save works: a folder of its own beside the one that it saves to, TARGET.ID.saving. In it `lock`, which the process holds while it lives, `new`, which is filled and
/// then moved to its place, and `old`, what was there before. A folder whose lock nobody holds is that of a dead save.
[<Sealed>]
type internal SaveFolder private (target: string, folder: string, lock: FileStream) =

    static let ending = ".saving"
    static let lockOf folder = Path.Combine(folder, "lock")
    static let newOf folder = Path.Combine(folder, "new")
    static let oldOf folder = Path.Combine(folder, "old")

    static let claim (mode: FileMode) (folder: string) =
        new FileStream(lockOf folder, mode, FileAccess.ReadWrite, FileShare.None)

    static let ofTarget (target: string) : string list =
        let parent = Path.GetDirectoryName target
        let name = Path.GetFileName target

        if isNull parent || not (Directory.Exists parent) then
            []
        else
            Directory.EnumerateDirectories parent
            |> Seq.filter (fun folder ->
                let other = Path.GetFileName folder
                // TARGET, a point, 32 digits, and the ending
                other.Length = name.Length + 33 + ending.Length
                && other.StartsWith(name + ".", StringComparison.Ordinal)
                && other.EndsWith(ending, StringComparison.Ordinal)
                && Guid.TryParseExact(other.Substring(name.Length + 1, 32), "N") |> fst)
            |> List.ofSeq

    /// Removes what a save has left: `lock` last, for it is what tells whose folder this is.
    static let clear (folder: string) (lock: FileStream) =
        if Directory.Exists(newOf folder) then
            ModelFolder.discardUnfinished (newOf folder)

        if Directory.Exists(oldOf folder) then
            ModelFolder.discard (oldOf folder)

        File.Delete lock.Name
        lock.Dispose()
        Directory.Delete folder

    /// Brings back what a save had moved away when it died, the new model where there is one.
    static let recover (target: string) (folder: string) =
        if Directory.Exists(oldOf folder) && not (Directory.Exists target) then
            let whole =
                if Directory.Exists(newOf folder) then
                    newOf folder
                else
                    oldOf folder

            Directory.Move(whole, target)

    /// Whether a lock can be told to be held: where the file system has no locks, or they are switched off, no save can be known to be dead.
    static let canTell (folder: string) =
        try
            (claim FileMode.Open folder).Dispose()
            false
        with :? IOException ->
            true

    static let cleanOne (target: string) (folder: string) =
        try
            if not (File.Exists(lockOf folder)) then
                // a save is about to lock it, or was about to remove it: an empty folder costs nobody anything
                Directory.Delete folder
            else
                let lock = claim FileMode.Open folder
                recover target folder
                clear folder lock
        with
        | :? IOException
        | :? UnauthorizedAccessException -> ()

    static let rec make (target: string) (tries: int) =
        let folder = $"{target}.{Guid.NewGuid():N}{ending}"
        Directory.CreateDirectory folder |> ignore

        try
            let lock = claim FileMode.CreateNew folder
            Directory.CreateDirectory(newOf folder) |> ignore
            new SaveFolder(target, folder, lock)
        with :? IOException when tries > 1 ->
            // another save took it for a dead one's before it was locked, and removes it
            make target (tries - 1)

    /// A folder to save to the target from. What dead saves to it have left is removed.
    static member Open(target: string) : SaveFolder =
        let save = make target 10

        if canTell save.Folder then
            for other in ofTarget target do
                if other <> save.Folder then
                    cleanOne target other

        save

    /// Where the model is to be found that a save to the target is moving, or was moving when it died; None where the target itself says all.
    static member Recovered(target: string) : string option =
        ofTarget target
        |> List.filter (oldOf >> Directory.Exists)
        |> List.collect (fun folder -> [ newOf folder; oldOf folder ])
        |> List.tryFind Directory.Exists

    member private _.Folder = folder

    /// What is to be filled.
    member _.New: string = newOf folder

    member private _.Flush() =
        LinuxFiles.flushFolder folder
        LinuxFiles.flushFolder (Path.GetDirectoryName target)

    member private s.InTwoSteps(tries: int) =
        if Directory.Exists target then
            // another save was faster: what this one had moved away is over
            if Directory.Exists(oldOf folder) then
                ModelFolder.discard (oldOf folder)

            try
                Directory.Move(target, oldOf folder)
            with :? DirectoryNotFoundException ->
                () // another save has moved it away

        try
            Directory.Move(s.New, target)
        with
        | :? IOException when Directory.Exists target -> s.InTwoSteps tries
        | :? IOException when tries > 1 -> s.InTwoSteps(tries - 1) // another save's model was there, and is aside by now
        | _ ->
            if Directory.Exists(oldOf folder) && not (Directory.Exists target) then
                Directory.Move(oldOf folder, target)

            reraise ()

    member private s.InOneStep() =
        let renamed =
            if Directory.Exists target then
                LinuxFiles.swap s.New target
            else
                LinuxFiles.moveNew s.New target

        match renamed with
        | Done -> ()
        | Unsupported -> s.InTwoSteps 10
        | Missing
        | Occupied -> s.InOneStep() // another save came between

    /// Puts the new folder, whose files are on disk, in the place of the target. Throws IOException where anything else than a saved model is there, which stays.
    member s.Put(replacement: Replacement) : unit =
        ModelFolder.requireFree target

        if not (OperatingSystem.IsWindows()) then
            try
                File.SetUnixFileMode(s.New, File.GetUnixFileMode target)
            with
            | :? FileNotFoundException
            | :? DirectoryNotFoundException -> () // nothing is there yet, or another save in two steps has it aside

        LinuxFiles.flushFolder s.New
        LinuxFiles.flushFolder folder

        match replacement with
        | InOneStep -> s.InOneStep()
        | InTwoSteps -> s.InTwoSteps 10

        s.Flush()
        let old = if Directory.Exists s.New then s.New else oldOf folder

        // something came in between the look and the change
        if Directory.Exists old && not (ModelFolder.others old).IsEmpty then
            if LinuxFiles.swap old target <> Done then
                Directory.Move(target, Path.Combine(folder, "back"))
                Directory.Move(old, target)
                Directory.Move(Path.Combine(folder, "back"), s.New)

            ModelFolder.requireFree target

    interface IDisposable with
        member _.Dispose() =
            try
                clear folder lock
            with
            | :? IOException
            | :? UnauthorizedAccessException -> lock.Dispose() // the next save removes it
