namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// The labels that a model knows: their names, in the order of their ids. L of them.
[<Sealed>]
type LabelSpace(names: string[]) =
    let ids = Dictionary<string, int>(names.Length, StringComparer.Ordinal)

    do
        names
        |> Array.iteri (fun id name ->
            if not (ids.TryAdd(name, id)) then
                invalidArg (nameof names) $"label names must be distinct: \"{name}\" stands twice")

    /// L, the number of labels.
    member _.Count = names.Length
    member _.Names: IReadOnlyList<string> = names
    member _.Name(id: int) = names[id]

    member _.TryId(name: string) =
        match ids.TryGetValue name with
        | true, id -> Some id
        | _ -> None

[<RequireQualifiedAccess>]
module LabelSpace =

    /// The names in any of these sets, in ordinal order.
    let ofNames (sets: string[] seq) : LabelSpace =
        sets
        |> Seq.concat
        |> Seq.distinct
        |> Seq.toArray
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> LabelSpace

    /// The labels of both spaces: the first's with their ids, then those that it lacks.
    let union (first: LabelSpace) (second: LabelSpace) : LabelSpace =
        match second.Names |> Seq.filter (first.TryId >> Option.isNone) |> Seq.toArray with
        | [||] -> first
        | missing -> LabelSpace [| yield! first.Names; yield! missing |]

    let private strange (space: LabelSpace) row name : exn =
        ArgumentException $"row {row + 1}: the label \"{name}\" is not one of the {space.Count} known labels"

    /// Label sets [N, L] from each row's names. Throws ArgumentException at the first name that the space lacks.
    let encode (space: LabelSpace) (sets: string[][]) : LabelSets =
        let id row name =
            match space.TryId name with
            | Some id -> id
            | None -> raise (strange space row name)

        sets
        |> Array.mapi (fun row names -> Array.map (id row) names)
        |> Csr.ofSets space.Count
        |> LabelSets

    /// Label sets of one space in another. Throws ArgumentException at the first label of a row that the other lacks.
    let relabel (source: LabelSpace) (target: LabelSpace) (sets: LabelSets) : LabelSets =
        if obj.ReferenceEquals(source, target) then
            sets
        else
            let ids = source.Names |> Seq.map target.TryId |> Seq.toArray

            let id row label =
                match ids[label] with
                | Some id -> id
                | None -> raise (strange target row (source.Name label))

            Array.init sets.Matrix.Rows (fun row -> Csr.set row sets.Matrix |> Array.map (id row))
            |> Csr.ofSets target.Count
            |> LabelSets
