namespace Limen.Core

/// Element types. Training runs in Float32; Float64 is there for checks of gradients; Int64 for ids; Bool for masks.
type DType =
    | Float32
    | Float64
    | Int64
    | Bool
