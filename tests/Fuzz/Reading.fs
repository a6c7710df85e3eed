namespace Limen.Fuzz

open System
open System.IO
open Limen.Core

/// What targets that read files have in common.
[<RequireQualifiedAccess>]
module Reading =

    /// What is wrong with the way in which a file was refused: the message says the file and a place in it, on one line that a console does not obey.
    let private faultOf (path: string) (e: DataFormatException) : string option =
        if e.File <> path then
            Some $"the file in {e.Message}"
        elif e.Line < 1 || e.Column < 1 then
            Some $"the place in {e.Message}"
        elif e.Message |> Seq.exists Char.IsControl then
            Some $"control characters in {e.Message}"
        else
            None

    /// Writes the input as the file of that name, reads it, and judges what was read and whether it is right that it was refused; DataFormatException is a refusal.
    let file
        (name: string)
        (read: string -> 'rows)
        (judge: byte[] -> 'rows option -> string option)
        (folder: string)
        (input: byte[])
        : Outcome =
        let path = Path.Combine(folder, name)
        File.WriteAllBytes(path, input)

        let outcome, rows, fault =
            try
                Accepted, Some(read path), None
            with :? DataFormatException as e ->
                Refused, None, faultOf path e

        match fault |> Option.orElseWith (fun () -> judge input rows) with
        | Some what -> Wrong what
        | None -> outcome

    /// What is wrong with an answer beside the plain one, None where nothing is.
    let beside
        (difference: 'plain -> 'rows -> string option)
        (plain: 'plain option)
        (rows: 'rows option)
        : string option =
        match plain, rows with
        | Some expected, Some received -> difference expected received
        | None, None -> None
        | Some _, None -> Some "refused although it is as it should be"
        | None, Some _ -> Some "read although it is not as it should be"
