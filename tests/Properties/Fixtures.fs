namespace Limen.Properties

open System.IO
open System.Reflection
open System.Text.Json

/// Reference values of other software (scikit-learn, float64 autograd), embedded from Fixtures/*.json.
[<RequireQualifiedAccess>]
module Fixtures =

    let private stream (name: string) : Stream =
        let assembly = Assembly.GetExecutingAssembly()

        assembly.GetManifestResourceNames()
        |> Array.find (fun r -> r.EndsWith("." + name))
        |> assembly.GetManifestResourceStream

    /// The text of Fixtures/NAME.
    let text (name: string) : string =
        use reader = new StreamReader(stream name)
        reader.ReadToEnd()

    /// The cases of Fixtures/NAME.json.
    let cases (name: string) : JsonElement list =
        use stream = stream (name + ".json")
        use document = JsonDocument.Parse stream

        [
            for case in document.RootElement.GetProperty("cases").EnumerateArray() -> case.Clone()
        ]

    let number (e: JsonElement) = e.GetDouble()

    let numbers (e: JsonElement) =
        [| for x in e.EnumerateArray() -> x.GetDouble() |]

    let matrix (e: JsonElement) =
        [| for x in e.EnumerateArray() -> numbers x |]
