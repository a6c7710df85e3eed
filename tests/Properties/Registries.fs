namespace Limen.Properties

open System.Text.Json
open Limen.Core

/// What the laws of all registries share.
[<RequireQualifiedAccess>]
module Registries =

    /// A fitted variant, written as models are saved and read back.
    let throughJson (fitted: 'fitted) : 'fitted =
        let sidecar = Sidecar()

        let json =
            ModelJson.within sidecar (fun options -> JsonSerializer.Serialize<'fitted>(fitted, options))

        ModelJson.within sidecar (fun options -> JsonSerializer.Deserialize<'fitted>(json, options))

    /// All that would be stored of a value, as text: equal for equal values.
    let text (value: 'stored) : string =
        let sidecar = Sidecar()

        let json =
            ModelJson.within sidecar (fun options -> JsonSerializer.Serialize<'stored>(value, options))

        let array (name: string, stored: StoredArray) =
            match stored with
            | F32(shape, values) -> $"""{name} {shape.Length} {String.concat " " (values |> Array.map string)}"""
            | F64(shape, values) -> $"""{name} {shape.Length} {String.concat " " (values |> Array.map string)}"""
            | I32(shape, values) -> $"""{name} {shape.Length} {String.concat " " (values |> Array.map string)}"""

        String.concat "\n" (json :: [ for stored in sidecar.Arrays -> array stored ])
