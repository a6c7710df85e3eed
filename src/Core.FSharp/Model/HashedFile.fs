namespace Limen.Core

open System
open System.IO
open System.Runtime.InteropServices
open System.Security.Cryptography

/// A file that is read once, front to back, and hashed in the same reading: what is loaded is what was hashed.
[<Sealed>]
type internal HashedFile(path: string, stream: Stream, length: int64) =
    let hash = IncrementalHash.CreateHash HashAlgorithmName.SHA256
    let mutable left = length

    member _.Path = path

    /// In bytes, when it was opened; no byte beyond is read.
    member _.Length = length

    /// Bytes that are not read yet.
    member _.Left = left

    /// Throws ModelFormatException for this file.
    member _.Refuse(reason: string) : 'value =
        raise (ModelFormatException(path, reason))

    /// The next bytes, as many as there is place for.
    member f.Fill(target: Span<byte>) : unit =
        if int64 target.Length > left then
            f.Refuse $"the file ends too early: expected {target.Length} further bytes, found {left}"

        if stream.ReadAtLeast(target, target.Length, false) < target.Length then
            f.Refuse $"the file has become shorter while it was read: expected {length} bytes"

        hash.AppendData(Span.op_Implicit target: ReadOnlySpan<byte>)
        left <- left - int64 target.Length

    /// The whole file. Throws ModelFormatException where it is longer than the limit.
    member f.All(limit: int64) : byte[] =
        if length > limit then
            f.Refuse $"expected a file of at most {limit} bytes, found {length}"

        let bytes = Array.zeroCreate<byte>(int length)
        f.Fill(bytes.AsSpan())
        bytes

    /// SHA-256 of what was read, in small hexadecimal digits.
    member _.Sum() : string =
        Convert.ToHexStringLower(hash.GetCurrentHash())

    interface IDisposable with
        member _.Dispose() =
            hash.Dispose()
            stream.Dispose()

/// A folder that files are read from. On Linux it is held open: its files are those of one folder, even where another takes its name meanwhile.
[<Sealed>]
type internal OpenFolder(path: string) =
    let regular, directory = 0x8000, 0x4000

    let handle =
        if LinuxFiles.isHere then
            match LinuxFiles.openFolder path with
            | Ok folder when (LinuxFiles.status folder).Kind = directory -> Some folder
            | Ok other ->
                other.Dispose()
                None
            | Error _ -> None
        else
            None

    let refuse (file: string) reason =
        raise (ModelFormatException(file, reason))

    let kind number =
        match number with
        | 0x4000 -> "a folder"
        | 0x1000 -> "a pipe"
        | 0x2000
        | 0x6000 -> "a device"
        | _ -> "something else"

    let openRegular file (found: Microsoft.Win32.SafeHandles.SafeFileHandle) =
        let status = LinuxFiles.status found

        if status.Kind <> regular then
            found.Dispose()
            refuse file $"expected a regular file, found {kind status.Kind}"

        new HashedFile(file, new FileStream(found, FileAccess.Read, 0), status.Size)

    let openAnywhere (file: string) =
        if Directory.Exists file then
            refuse file "expected a regular file, found a folder"
        elif not (File.Exists file) then
            None
        else
            let stream =
                new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite ||| FileShare.Delete, 0)

            Some(new HashedFile(file, stream, stream.Length))

    /// A file, or None where it is missing. Throws ModelFormatException where it is no regular file, or a link to none; IOException or UnauthorizedAccessException where the
    /// system does not let it be read.
    member _.TryOpen(name: string) : HashedFile option =
        let file = Path.Combine(path, name)

        match handle with
        | None -> openAnywhere file
        | Some folder ->
            match LinuxFiles.openIn folder name with
            | Ok found -> Some(openRegular file found)
            | Error error when LinuxFiles.isMissing error -> None
            | Error 13 -> raise (UnauthorizedAccessException $"{file}: {Marshal.GetPInvokeErrorMessage 13}")
            | Error error -> refuse file $"it cannot be opened: {Marshal.GetPInvokeErrorMessage error}"

    /// Whether the folder is not held open, so that its files may be those of two, or of none that has been moved meanwhile.
    member _.MayBeMixed: bool = handle.IsNone

    /// Whether another folder has this one's name by now, or none has.
    member _.HasGone: bool =
        match handle with
        | None -> false
        | Some folder ->
            match LinuxFiles.openFolder path with
            | Error _ -> true
            | Ok now ->
                use now = now
                let a, b = LinuxFiles.status folder, LinuxFiles.status now
                a.Inode <> b.Inode || a.Device <> b.Device

    interface IDisposable with
        member _.Dispose() =
            handle |> Option.iter (fun h -> h.Dispose())

/// A file that is written and hashed.
[<Sealed>]
type internal HashedOutput(path: string) =
    let stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read)

    let hash = IncrementalHash.CreateHash HashAlgorithmName.SHA256

    member _.Write(bytes: ReadOnlySpan<byte>) : unit =
        hash.AppendData bytes
        stream.Write bytes

    /// SHA-256 of what was written, which is on disk then.
    member _.Finish() : string =
        stream.Flush true
        Convert.ToHexStringLower(hash.GetCurrentHash())

    /// SHA-256 of what was written, which outlives the process, but need not be on disk yet.
    member _.Leave() : string =
        stream.Flush()
        Convert.ToHexStringLower(hash.GetCurrentHash())

    /// A file of these bytes; its checksum.
    static member Of(path: string, bytes: byte[]) : string =
        use file = new HashedOutput(path)
        file.Write(ReadOnlySpan bytes)
        file.Finish()

    interface IDisposable with
        member _.Dispose() =
            hash.Dispose()
            stream.Dispose()
