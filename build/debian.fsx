// Packages of Debian that some targets use, and do without where they cannot be had.
module Debian

#load "steps.fsx"

open System
open System.IO
open Steps

let private isInstalled (package: string) : bool =
    try
        Shell.output [ "dpkg-query"; "-W"; "-f=${db:Status-Status}"; package ] = "installed"
    with Stopped _ ->
        false

/// Installs, as root on Debian, what is missing; elsewhere says what is, and what is left out without it.
let install (leftOut: string) (packages: string list) : unit =
    let missing =
        if File.Exists "/usr/bin/dpkg-query" then
            packages |> List.filter (not << isInstalled)
        else
            []

    if not missing.IsEmpty then
        let names = String.Join(' ', missing)
        let line = $"apt-get install -y --no-install-recommends {names}"

        if Environment.IsPrivilegedProcess then
            printfn $"Installing the Debian packages {names}; without them {leftOut} would be left out."
            let log = $"artifacts/apt-{missing.Head}.log"
            Directory.CreateDirectory "artifacts" |> ignore

            let all =
                $"(apt-get update -q && DEBIAN_FRONTEND=noninteractive {line} -q) >{log} 2>&1"

            if Shell.run [ "sh"; "-c"; all ] <> 0 then
                eprintfn $"apt-get failed ({log}); {leftOut} are left out."
        else
            printfn $"{names} is missing, so {leftOut} are left out. To have them: sudo apt-get update && sudo {line}"
