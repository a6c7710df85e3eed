namespace Limen.Core

/// Element types. Training runs in Float32, its largest products in BFloat16 where they are asked for; Float64 is there for checks of
/// gradients; Int64 for ids; Bool for masks.
type DType =
    | Float32
    /// The upper half of a Float32: 8 bits of exponent, 7 of fraction.
    | BFloat16
    | Float64
    | Int64
    | Bool
