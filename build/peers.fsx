// What `bench` and `experiments` compare with. Nothing of Limen runs on it, and a comparison whose package is missing is skipped.
module Peers

#load "debian.fsx"

/// Debian's packages of them.
let packages =
    [
        "python3-torch"
        "python3-sklearn"
        "python3-numpy"
        "python3-scipy"
        "fasttext"
    ]

let install () : unit =
    Debian.install "the comparisons with them" packages
