namespace Limen.Core

open System
open System.IO
open System.Security.Cryptography
open System.Text
open Limen.Kernels

/// Where the binary form of a parsed file is kept for the next run.
type CachePlace =
    /// Nowhere: each run parses.
    | NoCache
    /// In the folder of the file itself.
    | Beside
    /// In a folder of its own, created where it is missing.
    | In of directory: string

/// Parsed files in binary form, copied into memory when they are read again. A cache is only ever a copy: where it is
/// missing, stale, damaged, of another version, or cannot be written, the file itself is read and nothing else
/// changes.
[<RequireQualifiedAccess>]
module CsrCache =

    let private sha256 (text: string) =
        SHA256.HashData(Encoding.UTF8.GetBytes text)

    /// What a cache belongs to: the file's path, length and time of writing, and how it was read.
    let private key (parameters: string) (file: FileInfo) =
        sha256 $"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}\n{parameters}"

    /// The cache file of a data file that is read with the given parameters; None for NoCache.
    let path (place: CachePlace) (parameters: string) (file: string) : string option =
        let full = Path.GetFullPath file

        let within (directory: string) =
            let mark = Convert.ToHexStringLower (sha256 $"{full}\n{parameters}").[..5]
            Path.Combine(directory, $"{Path.GetFileName full}.{mark}.limen-cache")

        match place with
        | NoCache -> None
        | Beside -> Some(within (Path.GetDirectoryName full))
        | In directory -> Some(within directory)

    let private orNothing (action: unit -> 'a option) : 'a option =
        try
            action ()
        with
        | :? IOException
        | :? UnauthorizedAccessException -> None

    /// Weights [N] as one row of a matrix.
    let private ofWeights (weights: float32[]) =
        CsrMatrix.Trusted(1, weights.Length, [| 0; weights.Length |], Array.init weights.Length id, weights)

    let private matrices (d: Dataset) =
        [|
            d.Features
            d.Labels
            yield! d.Weights |> Option.map ofWeights |> Option.toArray
        |]

    let private load (key: byte[]) (cache: string) =
        orNothing (fun () ->
            match CsrFile.TryRead(cache, key) with
            | null -> None
            | [| features; labels |] -> Some(Dataset.create features labels)
            | [| features; labels; weights |] ->
                Dataset.create features labels |> Dataset.weighted weights.Values |> Some
            | _ -> None)

    /// Written beside its final name and then renamed, so that a reader sees a whole file or none.
    let private store (key: byte[]) (cache: string) (d: Dataset) =
        orNothing (fun () ->
            Directory.CreateDirectory(Path.GetDirectoryName cache) |> ignore
            let unfinished = $"{cache}.{Guid.NewGuid():N}"

            try
                using (File.Create unfinished) (fun stream -> CsrFile.Write(stream, key, matrices d))

                File.Move(unfinished, cache, true)
            finally
                File.Delete unfinished

            Some())

    /// Reads a file through its cache; the parameters name everything besides the file that decides what read returns.
    let through (place: CachePlace) (parameters: string) (read: string -> Dataset) (file: string) : Dataset =
        match path place parameters file with
        | None -> read file
        | Some cache ->
            let key = key parameters (FileInfo file)

            match load key cache with
            | Some d -> d
            | None ->
                let d = read file
                store key cache d |> ignore
                d
