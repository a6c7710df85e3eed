namespace Limen.Fuzz

/// What is tried: a new target is a file of its own and a line here.
[<RequireQualifiedAccess>]
module Targets =

    let all: Target list =
        SvmlightFiles.targets
        @ TextFiles.targets
        @ Caches.targets
        @ ModelFolders.targets
        @ SettingFiles.targets

    /// How many of so many inputs a target gets beside the others.
    let count (inputs: int64) (targets: Target seq) (target: Target) : int64 =
        let shares = targets |> Seq.sumBy _.Share
        int64 (ceil (float inputs * target.Share / shares))
