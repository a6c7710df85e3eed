namespace Limen.Cli

open System.IO
open Limen.Core

/// Labels a text with a saved model.
[<RequireQualifiedAccess>]
module Predict =

    /// Loads the model in the folder and explains its prediction for the text.
    let run (folder: string) (text: string) : unit =
        if not (Directory.Exists folder) then
            invalidArg
                "model"
                $"there is no model in {folder}: the command demo makes one, or name another with --model"

        let model = Store.load folder
        Explain.print model text
