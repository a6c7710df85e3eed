namespace Limen.Fuzz

open System.Text
open Limen.Core

/// Svmlight files.
[<RequireQualifiedAccess>]
module SvmlightFiles =

    let private seeds =
        [|
            "1,2 0:0.5 3:-2\n0 1:1\n"
            "# a comment\n3 10:1e-3 200:1.25 # another\n 5:7\n\n"
            "3 5 4\n0,3 0:1 4:0.25\n1 2:3.5\n 3:1\n"
            "7 1:0.1 2:0.22 3:0.333\r\n8,1 2:44444.5\r\n"
        |]
        |> Array.map Encoding.UTF8.GetBytes

    let private judge (rows: Dataset) : Outcome =
        rows.Truth.Matrix.Validate() |> ignore
        Accepted

    let targets: Target list =
        [
            {
                Name = "svmlight"
                Share = 1.0
                Seeds = lazy seeds
                Mutate = Edits.mutate
                Run = Reading.file "a.svm" (Svmlight.read Svmlight.defaults) judge
            }
        ]
