namespace Limen.Cli

open System
open System.CommandLine
open Limen.Core

/// Where a training leaves the work so far, and goes on from it.
[<RequireQualifiedAccess>]
module Checkpoints =

    let private folder =
        Given.text
            "--checkpoint"
            "DIR"
            "leaves the work so far in this folder, which is removed when the model is saved; see --resume"

    let private every =
        Given.number "--every" "SECONDS" "the most work that --checkpoint lets be lost (default: 60)"
        |> Given.within "0 to 1000000" (fun seconds -> seconds >= 0.0 && seconds <= 1e6)

    let private resume =
        Given.flag
            "--resume"
            "goes on from what is in the folder of --checkpoint, to the model of a training that was not interrupted"

    let options: Option list = [ folder; every; resume ]

    let private within (given: ParseResult) (folder: string) : CheckpointOptions =
        match CheckpointFolder.exists folder, Given.is resume given with
        | true, false ->
            raise (
                Usage
                    $"--checkpoint: {folder} holds the work of a training that was interrupted; --resume goes on with it, another folder or none begins anew"
            )
        | false, true -> raise (Usage $"--resume: there is nothing to go on from in {folder}")
        | _ ->
            let standard = CheckpointFolder.defaults folder

            { standard with
                Every =
                    Given.tryNumber every given
                    |> Option.map TimeSpan.FromSeconds
                    |> Option.defaultValue standard.Every
            }

    /// Earlier work is gone on from only where that is asked for, and asked for only where there is some. Throws Usage.
    let read (given: ParseResult) : CheckpointOptions option =
        match Given.tryText folder given with
        | Some folder -> Some(within given folder)
        | None when Given.is resume given ->
            raise (Usage "--resume: expected the folder to go on from: --checkpoint DIR")
        | None when (Given.tryNumber every given).IsSome ->
            raise (Usage "--every: expected the folder for the work so far: --checkpoint DIR")
        | None -> None
