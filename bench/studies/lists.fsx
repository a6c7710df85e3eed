// Score lists of rows that a model's scorers did not learn from, as files that bench/studies/fusion.py and boosted-lists.fsx read.
module Lists

#load "limen.fsx"

open System
open System.IO
open System.Runtime.InteropServices
open Limen.Core
open Limen.Kernels

/// The numbers of an array, one after the other, as the machine has them.
let write<'T when 'T: struct and 'T: (new: unit -> 'T) and 'T :> ValueType> folder name (values: 'T[]) =
    File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes(ReadOnlySpan values).ToArray())

let writeMatrix folder name (x: CsrMatrix) =
    write folder $"{name}.starts.int32" x.RowStart
    write folder $"{name}.indices.int32" x.Indices[.. x.NonZeros - 1]

/// What the scorers of a model, by these names, say of the rows: their candidate pairs, each scorer's margins, the votes of neighbours; and the label sets of these rows and of the training rows.
let writeLists folder (names: string list) (train: Dataset) (held: Dataset) (model: Model) =
    Directory.CreateDirectory folder |> ignore
    let lists = Model.candidates held.Features model
    File.WriteAllLines(Path.Combine(folder, "scorers.txt"), names)
    writeMatrix folder "pairs" lists.Local
    write folder "neighbours.float32" lists.Local.Values[.. lists.Local.NonZeros - 1]

    lists.Margins
    |> Array.iteri (fun s m -> write folder $"margins.{s}.float32" m.Values[.. m.NonZeros - 1])

    writeMatrix folder "truth" held.Labels
    writeMatrix folder "train" train.Labels
    write folder "rarity.float32" model.Ranker.Rarity
    printfn $"{lists.Margins.Length} scorers, {lists.Local.NonZeros} pairs of {held.Rows} rows"
