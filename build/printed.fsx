// What samples print: the lines under "// It prints:" at their end.
module Printed

#load "steps.fsx"

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Steps

/// The lines that a sample says it prints.
let expected (sample: string) : string list =
    match
        File.ReadAllLines sample
        |> List.ofArray
        |> List.skipWhile ((<>) "// It prints:")
    with
    | [] -> stop $"{sample} does not say what it prints."
    | _ :: lines -> lines |> List.map (fun line -> line[2..].Trim())

let private number = Regex @"-?\d+(\.(\d+))?"

/// Whether two lines have the same words, and numbers that differ by less than three of their last digit but one, or by a twentieth: another processor adds in
/// another order, and another SDK documents a few members more.
let private alike (a: string) (b: string) : bool =
    let numbers (line: string) =
        [
            for m in number.Matches line -> Double.Parse(m.Value, CultureInfo.InvariantCulture), m.Groups[2].Length
        ]

    let near (x: float, digits) (y, _) =
        abs (x - y) < max (3.0 * 10.0 ** float (1 - digits)) (0.05 * abs x)

    number.Replace(a, "#") = number.Replace(b, "#")
    && List.forall2 near (numbers a) (numbers b)

/// Stops unless a sample printed what it says: more than two thirds of the lines, for a label near its threshold comes or goes with the last digit of a score.
let check (sample: string) (printed: string) : unit =
    let expected = expected sample

    let found =
        printed.Split('\n', StringSplitOptions.RemoveEmptyEntries ||| StringSplitOptions.TrimEntries)
        |> List.ofArray

    let same =
        expected
        |> List.filter (fun line -> List.exists (alike line) found)
        |> List.length

    if 3 * same <= 2 * max expected.Length found.Length then
        let lines = String.concat "\n  "
        stop $"{sample}: expected\n  {lines expected}\nreceived\n  {lines found}"
