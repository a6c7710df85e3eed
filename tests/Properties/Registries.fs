namespace Limen.Properties

open System.Text.Json
open Limen.Core

/// What the laws of all registries share.
[<RequireQualifiedAccess>]
module Registries =

    /// A fitted variant, written as models are saved and read back.
    let throughJson (fitted: 'fitted) : 'fitted =
        let sidecar = Sidecar()
        let json = JsonSerializer.Serialize<'fitted>(fitted, ModelJson.options sidecar)
        JsonSerializer.Deserialize<'fitted>(json, ModelJson.options sidecar)
