namespace Limen.Core

open System
open System.Collections
open System.Collections.Generic
open Limen.Kernels

/// The names of each row's labels, in the order in which they were given: a name is in memory once, and each row that has it adds 4 bytes. A name that stands in its row again is taken
/// once. Immutable.
[<Sealed>]
type NameSets internal (names: string[], start: int[], ids: int[], dropped: int) =

    /// N, the number of rows.
    member _.Count = start.Length - 1

    /// The names that some row has, in the order in which they come first.
    member _.Names: IReadOnlyList<string> = names

    /// How many names stood in their row again.
    member _.Dropped = dropped

    /// The names of a row.
    member _.Item
        with get (row: int): string[] = Array.init (start[row + 1] - start[row]) (fun k -> names[ids[start[row] + k]])

    /// The names of these rows.
    static member Of(rows: string[] seq) : NameSets =
        let builder = NameSetsBuilder()
        rows |> Seq.iter builder.Add
        builder.ToSets()

    /// The rows of all parts, one part after the other.
    static member Concat(parts: NameSets seq) : NameSets =
        let builder = NameSetsBuilder()

        for part in parts do
            part |> Seq.iter builder.Add
            builder.Drop part.Dropped

        builder.ToSets()

    /// Label sets [N, L]; unknown is what a name that the space lacks raises, by its row (from 0).
    member internal _.Encode(unknown: int -> string -> exn, space: LabelSpace) : LabelSets =
        let targets = names |> Array.map space.TryId
        let indices = Array.zeroCreate ids.Length

        for row in 0 .. start.Length - 2 do
            for at in start[row] .. start[row + 1] - 1 do
                indices[at] <-
                    match targets[ids[at]] with
                    | Some id -> id
                    | None -> raise (unknown row names[ids[at]])

            Array.Sort(indices, start[row], start[row + 1] - start[row])

        CsrMatrix(start.Length - 1, space.Count, start, indices, Array.create ids.Length 1f)
        |> LabelSets

    interface IReadOnlyList<string[]> with
        member sets.Count = sets.Count

        member sets.Item
            with get row = sets[row]

        member sets.GetEnumerator() : IEnumerator<string[]> =
            (Seq.init sets.Count (fun row -> sets[row])).GetEnumerator()

        member sets.GetEnumerator() : IEnumerator =
            (Seq.init sets.Count (fun row -> sets[row])).GetEnumerator()

/// Takes the names of rows as they come.
and [<Sealed>] NameSetsBuilder() =
    let known = Dictionary<string, int>(StringComparer.Ordinal)
    let names = List<string>()
    // the last row that has the name
    let last = List<int>()
    let start = List<int>([ 0 ])
    let ids = List<int>()
    let mutable dropped = 0

    let idOf (name: string) : int =
        match known.TryGetValue name with
        | true, id -> id
        | _ ->
            known[name] <- names.Count
            names.Add name
            last.Add -1
            names.Count - 1

    /// Adds a row.
    member _.Add(row: string[]) : unit =
        let number = start.Count - 1

        for name in row do
            let id = idOf name

            if last[id] = number then
                dropped <- dropped + 1
            else
                last[id] <- number
                ids.Add id

        start.Add ids.Count

    /// Counts names that were dropped before.
    member internal _.Drop(count: int) : unit = dropped <- dropped + count

    /// The rows that were added.
    member _.ToSets() : NameSets =
        NameSets(names.ToArray(), start.ToArray(), ids.ToArray(), dropped)
