// What every study stands on: the library as ./build.sh build makes it.
#I "../../src/Cli/bin/Release/net10.0"
#r "Limen.Kernels.dll"
#r "Limen.Core.dll"
#r "TorchSharp.dll"

/// The rows that decide by default, each scored once: for studies that part held-out rows again themselves.
let decidingOnce (labels: int) (training: int) (validation: int) : Limen.Core.DecisionRows =
    match Limen.Core.DecisionRows.forRows labels training validation with
    | Limen.Core.DecisionRows.CrossFit(folds, _) -> Limen.Core.DecisionRows.CrossFit(folds, 1)
    | other -> other
