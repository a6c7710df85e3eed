namespace Limen.Fuzz

open System
open Limen.Core

/// Saves models that are saved elsewhere, in a process that a test can kill.
[<RequireQualifiedAccess>]
module SaveAgain =

    let private replacement (way: string) : Replacement =
        if way = "in-two-steps" then InTwoSteps else InOneStep

    /// Saves the model to the target; 3 where the system refuses, with its words.
    let once (way: string) (source: string) (target: string) : int =
        let model = Store.load source

        try
            Store.saveBy (replacement way) target (Whole model)
            0
        with
        | :? IO.IOException
        | :? UnauthorizedAccessException as e ->
            printfn $"{e.GetType().Name}: {e.Message}"
            3

    /// Saves one model after the other to the target, and says so of the first.
    let forever (way: string) (first: string) (second: string) (target: string) : int =
        let models = [| Store.load first; Store.load second |]
        let mutable saves = 0

        while true do
            Store.saveBy (replacement way) target (Whole models[saves % 2])
            saves <- saves + 1

            if saves = 1 then
                printfn "saved"

        0
