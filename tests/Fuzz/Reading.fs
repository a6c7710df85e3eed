namespace Limen.Fuzz

open System
open System.IO
open Limen.Core

/// What targets that read files have in common.
[<RequireQualifiedAccess>]
module Reading =

    /// What is wrong with the way in which a file was refused.
    let private faultOf (path: string) (e: DataFormatException) : string option =
        if e.File <> path then
            Some $"the file in {e.Message}"
        elif e.Line < 1 || e.Column < 1 then
            Some $"the place in {e.Message}"
        else
            None

    /// Writes the input as the file of that name, reads it, and judges what was read; DataFormatException is a refusal.
    let file
        (name: string)
        (read: string -> 'rows)
        (judge: 'rows -> Outcome)
        (folder: string)
        (input: byte[])
        : Outcome =
        let path = Path.Combine(folder, name)
        File.WriteAllBytes(path, input)

        try
            read path |> judge
        with :? DataFormatException as e ->
            match faultOf path e with
            | Some fault -> Wrong fault
            | None -> Refused
