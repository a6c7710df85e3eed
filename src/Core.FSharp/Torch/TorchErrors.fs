namespace Limen.Core

open System.Runtime.InteropServices

/// Errors of torch as TorchSharp hands them on.
[<RequireQualifiedAccess>]
module internal TorchErrors =

    /// The message without the trace of native calls that torch puts after it.
    let withoutTrace (message: string) : string =
        match message.IndexOf "\nException raised from " with
        | -1 -> message
        | start -> message.Substring(0, start)

    /// Runs f; what torch throws in it becomes a TensorException without the trace.
    let told (f: unit -> 'a) : 'a =
        try
            f ()
        with :? ExternalException as e ->
            raise (TensorException(withoutTrace e.Message))
