namespace Limen.Core

open System
open System.IO
open System.Runtime.InteropServices
open Microsoft.Win32.SafeHandles

/// What Linux says of a file: its kind and which one it is.
[<Struct>]
type internal FileStatus =
    {
        /// S_IFREG and its like.
        Kind: int
        Size: int64
        Inode: uint64
        Device: uint64
    }

/// How one name took another's place.
type internal Renamed =
    | Done
    /// One of the names is not there.
    | Missing
    /// The new name is there already.
    | Occupied
    /// Not in this file system.
    | Unsupported

/// The calls of Linux that .NET has no door to: names that change places in one step (renameat2), files opened without waiting for a pipe's other end and within a folder
/// that is open already (openat), and folders flushed to disk. Every one says whether the system has it.
[<RequireQualifiedAccess>]
module internal LinuxFiles =

    // numbers of the generic ABI: x64, ARM, RISC-V
    let private workingFolder = -100
    let private readOnly, nonBlocking, closeOnExec = 0, 0x800, 0x80000
    let private emptyPath, basicStatistics = 0x1000, 0x7ffu
    let private noReplace, exchange = 1u, 2u
    let private noEntry, exists, notEmpty = 2, 17, 39

    [<DllImport("libc", EntryPoint = "openat", SetLastError = true)>]
    extern int private openAt(int folder, [<MarshalAs(UnmanagedType.LPUTF8Str)>] string path, int flags)

    [<DllImport("libc", EntryPoint = "statx", SetLastError = true)>]
    extern int private statx(
        int folder,
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string path,
        int flags,
        uint mask,
        byte[] status
    )

    [<DllImport("libc", EntryPoint = "renameat2", SetLastError = true)>]
    extern int private renameAt2(
        int oldFolder,
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string oldPath,
        int newFolder,
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string newPath,
        uint flags
    )

    [<DllImport("libc", EntryPoint = "fsync", SetLastError = true)>]
    extern int private fsync(int file)

    let private number (handle: SafeFileHandle) = int (handle.DangerousGetHandle())

    let private within (folder: SafeFileHandle option) (name: string) : Result<SafeFileHandle, int> =
        let at = folder |> Option.map number |> Option.defaultValue workingFolder

        match openAt (at, name, readOnly ||| nonBlocking ||| closeOnExec) with
        | -1 -> Error(Marshal.GetLastPInvokeError())
        | file -> Ok(new SafeFileHandle(nativeint file, true))

    /// A folder, opened. Error: the system's number.
    let openFolder (path: string) : Result<SafeFileHandle, int> = within None path

    /// A file in an opened folder, opened to be read; a pipe is opened too, without waiting for who writes into it.
    let openIn (folder: SafeFileHandle) (name: string) : Result<SafeFileHandle, int> = within (Some folder) name

    let isMissing (error: int) : bool = error = noEntry

    /// What the system says of an opened file.
    let status (file: SafeFileHandle) : FileStatus =
        let s = Array.zeroCreate<byte> 256

        if statx (number file, "", emptyPath, basicStatistics, s) <> 0 then
            raise (IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())))

        {
            Kind = int (BitConverter.ToUInt16(s, 28)) &&& 0xf000
            Size = BitConverter.ToInt64(s, 40)
            Inode = BitConverter.ToUInt64(s, 32)
            Device = BitConverter.ToUInt64(s, 136)
        }

    /// Whether the system has these calls.
    let isHere: bool =
        OperatingSystem.IsLinux()
        && (match NativeLibrary.TryLoad("libc", typeof<FileStatus>.Assembly, Nullable()) with
            | true, library ->
                [ "openat"; "statx"; "renameat2" ]
                |> List.forall (fun name -> NativeLibrary.TryGetExport(library, name) |> fst)
            | _ -> false)

    let private rename flags (source: string) (target: string) : Renamed =
        if not isHere then
            Unsupported
        elif renameAt2 (workingFolder, source, workingFolder, target, flags) = 0 then
            Done
        else
            match Marshal.GetLastPInvokeError() with
            | error when error = noEntry -> Missing
            | error when error = exists || error = notEmpty -> Occupied
            | 22 // EINVAL
            | 38 // ENOSYS
            | 95 -> Unsupported // EOPNOTSUPP
            | 1 // EPERM
            | 13 ->
                raise (
                    UnauthorizedAccessException
                        $"{target}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"
                )
            | error -> raise (IOException $"{target}: {Marshal.GetPInvokeErrorMessage error}")

    /// Gives two folders each other's names, in one step.
    let swap (a: string) (b: string) : Renamed = rename exchange a b

    /// Gives a folder a name that is free.
    let moveNew (source: string) (target: string) : Renamed = rename noReplace source target

    /// Flushes a folder's names to disk, where the system can.
    let flushFolder (path: string) : unit =
        if isHere then
            match openFolder path with
            | Ok folder ->
                use folder = folder
                fsync (number folder) |> ignore
            | Error _ -> ()
