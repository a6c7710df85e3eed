namespace Limen.Fuzz

open System
open System.IO
open System.IO.MemoryMappedFiles

/// Counts that outlive the process that counts: a mapped file, which the process that started it reads too.
[<Sealed>]
type Progress(path: string, targets: int) =
    let perTarget = 6

    let map =
        MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, 8L * int64 (2 + perTarget * targets))

    let view = map.CreateViewAccessor()

    let at target counter =
        8L * int64 (2 + perTarget * target + counter)

    let add target counter =
        view.Write(at target counter, view.ReadInt64(at target counter) + 1L)

    /// The target and the number of the input that is next, or being tried.
    member _.Position
        with get () = view.ReadInt64 0L |> int, view.ReadInt64 8L
        and set (target: int, number: int64) =
            view.Write(0L, int64 target)
            view.Write(8L, number)

    /// Counts an input.
    member _.Count(target: int, outcome: Outcome, near: bool) =
        match outcome with
        | Accepted -> 0
        | Refused -> 1
        | Wrong _ -> 2
        | Crashed _ -> 3
        | Hung -> 4
        |> add target

        if near then
            add target 5

    member _.Tally(target: int) : Tally =
        let read counter = view.ReadInt64(at target counter)

        {
            Accepted = read 0
            Refused = read 1
            Wrong = read 2
            Crashed = read 3
            Hung = read 4
            Near = read 5
        }

    interface IDisposable with
        member _.Dispose() =
            view.Dispose()
            map.Dispose()
