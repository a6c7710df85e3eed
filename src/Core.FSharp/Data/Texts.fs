namespace Limen.Core

open System.Collections.Generic

/// Passes over texts, strings or packed ones, in which only a few of them are strings at a time.
[<RequireQualifiedAccess>]
module internal Texts =

    /// So many neighbours are read by one thread: several blocks of packed texts where these are short.
    let private neighbours = 1024

    /// f of every text, computed on the threads of the pool, neighbours on one.
    let map (f: string -> 'a) (texts: IReadOnlyList<string>) : 'a[] =
        let parts = (texts.Count + neighbours - 1) / neighbours
        let results = Array.zeroCreate texts.Count

        Cancellation.iter parts (fun part ->
            for row in part * neighbours .. min texts.Count ((part + 1) * neighbours) - 1 do
                results[row] <- f texts[row])

        results
