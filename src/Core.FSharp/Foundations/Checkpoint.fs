namespace Limen.Core

open System

/// Where a fit leaves what it has made, by name, for a later fit of the same options and rows to take instead of making it again.
[<NoEquality; NoComparison>]
type Checkpoint =
    {
        /// What an earlier fit left under a name, as a value of the type; None where it left nothing.
        Read: string -> Type -> obj option
        /// Leaves a value of the type, in the place of an earlier one of that name.
        Write: string -> Type -> obj -> unit
        /// Removes all that was left within a step.
        Forget: string -> unit
        /// Whether anything is kept: work that is cut into parts for this alone need not be.
        Keeps: bool
        /// Whether what is made now is whole: not where a cancelled fit ends with the best so far.
        IsWhole: unit -> bool
        /// Whether an interval has passed since the last writing: work on its way is to be written too.
        IsDue: unit -> bool
    }

[<RequireQualifiedAccess>]
module Checkpoint =

    /// Nothing is kept.
    let none: Checkpoint =
        {
            Read = fun _ _ -> None
            Write = fun _ _ _ -> ()
            Forget = ignore
            Keeps = false
            IsWhole = fun () -> true
            IsDue = fun () -> false
        }

    /// The names of one step of the work, apart from those of others.
    let within (step: string) (checkpoint: Checkpoint) : Checkpoint =
        { checkpoint with
            Read = fun name -> checkpoint.Read $"{step}/{name}"
            Write = fun name -> checkpoint.Write $"{step}/{name}"
            Forget = fun inner -> checkpoint.Forget $"{step}/{inner}"
        }

    let tryRead<'value> (name: string) (checkpoint: Checkpoint) : 'value option =
        checkpoint.Read name typeof<'value> |> Option.map unbox<'value>

    let write (name: string) (value: 'value) (checkpoint: Checkpoint) : unit =
        checkpoint.Write name typeof<'value> (box value)

    /// What was left under the name or, the first time, what is made now. What the making itself leaves, within a step of that name, goes once it is made.
    let once (name: string) (make: Checkpoint -> 'value) (checkpoint: Checkpoint) : 'value =
        checkpoint
        |> tryRead name
        |> Option.defaultWith (fun () ->
            let made = make (within name checkpoint)

            if checkpoint.IsWhole() then
                write name made checkpoint
                checkpoint.Forget name

            made)

    /// What `make` gives of each key, one after the other. What is there is left whenever an interval has passed, and before whatever ends the work early is raised again.
    let parts (make: 'key -> 'part) (keys: 'key list) (checkpoint: Checkpoint) : 'part list =
        let name = "parts"

        let made =
            ResizeArray(checkpoint |> tryRead<'part[]> name |> Option.defaultValue [||])

        let leave () =
            Cancellation.shielded (fun () -> write name (made.ToArray()) checkpoint)

        try
            for key in List.skip made.Count keys do
                made.Add(make key)

                if checkpoint.IsDue() then
                    leave ()
        with _ ->
            leave ()
            reraise ()

        List.ofSeq made
