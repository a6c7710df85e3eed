namespace Limen.Properties

open System.IO
open System.Reflection
open System.Text.Json

/// Reference values of other software (scikit-learn, float64 autograd), embedded from Fixtures/*.json.
[<RequireQualifiedAccess>]
module Fixtures =

    /// The cases of Fixtures/NAME.json.
    let cases (name: string) : JsonElement list =
        let assembly = Assembly.GetExecutingAssembly()

        let resource =
            assembly.GetManifestResourceNames()
            |> Array.find (fun r -> r.EndsWith("." + name + ".json"))

        use stream = assembly.GetManifestResourceStream resource
        use document = JsonDocument.Parse stream

        [
            for case in document.RootElement.GetProperty("cases").EnumerateArray() -> case.Clone()
        ]

    let number (e: JsonElement) = e.GetDouble()

    let numbers (e: JsonElement) =
        [| for x in e.EnumerateArray() -> x.GetDouble() |]

    let matrix (e: JsonElement) =
        [| for x in e.EnumerateArray() -> numbers x |]
