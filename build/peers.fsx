// What `bench` and `experiments` compare with. Nothing of Limen runs on it, and a comparison whose package is missing is skipped.
module Peers

#load "steps.fsx"

open System
open System.IO
open Steps

/// Debian's packages of them.
let packages =
    [
        "python3-torch"
        "python3-sklearn"
        "python3-numpy"
        "python3-scipy"
        "fasttext"
    ]

let private isInstalled (package: string) : bool =
    try
        Shell.output [ "dpkg-query"; "-W"; "-f=${db:Status-Status}"; package ] = "installed"
    with Stopped _ ->
        false

/// Installs, as root on Debian, what is missing; elsewhere says what is.
let install () : unit =
    let missing =
        if File.Exists "/usr/bin/dpkg-query" then
            packages |> List.filter (not << isInstalled)
        else
            []

    if not missing.IsEmpty then
        let names = String.Join(' ', missing)
        let line = $"apt-get install -y --no-install-recommends {names}"

        if Environment.IsPrivilegedProcess then
            printfn $"Installing the Debian packages {names}, with which the library is compared."
            let log = "artifacts/apt-bench.log"
            Directory.CreateDirectory "artifacts" |> ignore

            let all =
                $"(apt-get update -q && DEBIAN_FRONTEND=noninteractive {line} -q) >{log} 2>&1"

            if Shell.run [ "sh"; "-c"; all ] <> 0 then
                eprintfn $"apt-get failed ({log}); the comparisons that need these packages are skipped."
        else
            printfn $"Comparisons that need {names} are skipped. To make them: sudo apt-get update && sudo {line}"
