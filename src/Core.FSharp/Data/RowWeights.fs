namespace Limen.Core

open System
open System.Globalization
open System.IO
open System.Text
open Limen.Kernels

/// How much each row counts [N], finite and at least 0: a row of weight 2 counts as that row twice. None is 1 each. Beside any data file may lie a
/// file of them with ".weight" after its name, one number a line, in the order of the rows (as LightGBM's,
/// https://lightgbm.readthedocs.io/en/latest/Parameters.html#weight-data); plain, .gz or .bz2.
[<RequireQualifiedAccess>]
module RowWeights =

    /// Whether a number can be a weight.
    let isWeight (w: float32) : bool = w >= 0f && w <= Limits.rowWeight

    /// Throws ArgumentException where there are not N weights, or one is not a number from 0 to the limit.
    let require (rows: int) (weights: float32[]) : unit =
        Shape.require (nameof weights) "[N]" [ rows ] [ weights.Length ]

        weights
        |> Array.iteri (fun row w ->
            if not (isWeight w) then
                invalidArg
                    (nameof weights)
                    $"row {row + 1}: expected a weight of 0 to {Limits.rowWeight}, received {w}")

    /// How much a row counts: 1 where rows have no weights.
    let at (row: int) (weights: float32[] option) : float =
        match weights with
        | Some w -> float w[row]
        | None -> 1.0

    /// Rounded to a whole multiple of 2^-24: sums of such numbers are exact, so that taking one out again leaves no trace of it.
    let exact (v: float) : float = Math.Round(v * 16777216.0) / 16777216.0

    /// How much a row counts, exact.
    let exactAt (row: int) (weights: float32[] option) : float = exact (at row weights)

    /// The weights of the chosen rows.
    let selectRows (chosen: int[]) (weights: float32[] option) : float32[] option =
        weights |> Option.map (fun w -> chosen |> Array.map (Array.get w))

    /// The weights of so many rows, then those of others; None where neither have any.
    let append (rows: int, weights: float32[] option) (others: int, theirs: float32[] option) : float32[] option =
        match weights, theirs with
        | None, None -> None
        | _ ->
            let all count =
                Option.defaultWith (fun () -> Array.create count 1f)

            Some(Array.append (all rows weights) (all others theirs))

    let private file (data: string) = data + ".weight"

    /// The files of weights beside a data file, with or without the ending that says how that is packed.
    let private filesBeside (data: string) : string list =
        [
            for name in List.distinct [ data; Lines.unpacked data ] do
                for packing in "" :: Lines.packings -> file name + packing
        ]
        |> List.filter File.Exists

    let private weight path line (text: string) : float32 =
        let number = text.TrimEnd '\r'
        let bytes = Encoding.UTF8.GetBytes(number + "\n")
        let mutable at = 0
        let mutable w = 0f

        if DecimalParser.TryRead(bytes, &at, &w) && at = bytes.Length - 1 && isWeight w then
            w
        else
            Lines.fail path line 1 $"a weight of 0 to {Limits.rowWeight}" (ParseFault.Quote bytes)

    let private read (path: string) : float32[] =
        Lines.map Lines.blockBytes (weight path) path

    /// The weights of a data file's N rows: those that stand in it, else those of the file beside it, else None. Throws DataFormatException for a
    /// weight that is not finite or below 0, for more or fewer than N, and where they stand in two places.
    let ofFile (data: string) (rows: int) (within: float32[] option) : float32[] option =
        match within, filesBeside data with
        | _, [] -> within
        | None, [ path ] ->
            let weights = read path

            if weights.Length <> rows then
                Lines.fail
                    path
                    (max 1 weights.Length)
                    1
                    $"{rows} weights, one for each row of {data}"
                    $"{weights.Length}"

            Some weights
        | Some _, path :: _ -> Lines.fail path 1 1 "the weights of rows in one place" $"weights in {data} too"
        | None, path :: other :: _ -> Lines.fail path 1 1 "the weights of rows in one place" $"weights in {other} too"

    /// Writes weights beside a data file, each in the shortest form that reads back as itself; None: removes what lay there of older rows.
    let write (data: string) (weights: float32[] option) : unit =
        filesBeside data |> List.iter File.Delete

        weights
        |> Option.iter (fun w ->
            w
            |> Seq.map (fun x -> x.ToString("R", CultureInfo.InvariantCulture))
            |> Lines.write (file data))
