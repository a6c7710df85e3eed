namespace Limen.Core

/// Errors of torch as TorchSharp hands them on.
[<RequireQualifiedAccess>]
module internal TorchErrors =

    /// The message without the trace of native calls that torch puts after it.
    let withoutTrace (message: string) : string =
        match message.IndexOf "\nException raised from " with
        | -1 -> message
        | start -> message.Substring(0, start)
