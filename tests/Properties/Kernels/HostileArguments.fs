namespace Limen.Properties

open System
open System.Collections.Generic
open System.Text
open Limen.Kernels

/// Arguments as a careless or hostile caller gives them: mostly ones that fit, else sizes below 0 and beyond 2^31, lengths that are off, nulls, NaN and
/// infinities. What is written to stands between numbers that nobody may touch.
type HostileArguments(random: Random) =
    let guarded = List<float32[]>()
    let guard, mark = 16, 12345.678f
    let oneOf (values: 'a[]) = values[random.Next values.Length]
    let chance n = random.Next n = 0

    member _.OneOf(values: 'a[]) : 'a = oneOf values

    member _.Size: int =
        if chance 12 then
            oneOf [| -1; Int32.MinValue; Int32.MaxValue; 1 <<< 16 |]
        else
            random.Next 5

    /// A size that is none of the hostile ones.
    member _.Small: int = random.Next 5

    /// So many, where there can be, or some others.
    member _.Length(wanted: int64) : int =
        if chance 12 || wanted < 0L || wanted > 4096L then
            random.Next 20
        else
            int wanted

    member _.Number: float32 =
        if chance 12 then
            oneOf
                [|
                    nanf
                    infinityf
                    -infinityf
                    Single.MaxValue
                    -Single.MaxValue
                    Single.Epsilon
                    0f
                |]
        else
            random.NextSingle() * 4f - 2f

    member a.Floats(wanted: int64) : float32[] =
        Array.init (a.Length wanted) (fun _ -> a.Number)

    /// Numbers to be written, whose neighbours are looked at afterwards.
    member a.Room(wanted: int64) : ArraySegment<float32> =
        let length = a.Length wanted
        let around = Array.create (length + 2 * guard) mark
        guarded.Add around

        for i in guard .. guard + length - 1 do
            around[i] <- a.Number

        ArraySegment(around, guard, length)

    member _.IsIntact: bool =
        guarded
        |> Seq.forall (fun around ->
            let edge (part: float32[]) = Array.forall ((=) mark) part
            edge around[.. guard - 1] && edge around[around.Length - guard ..])

    /// Ids below a bound, or not.
    member a.Ids(wanted: int64, bound: int) : int[] =
        Array.init (a.Length wanted) (fun _ -> if chance 30 then a.Size else random.Next(max 1 bound))

    member _.OrNull(value: 'a when 'a: null) : 'a = if chance 25 then null else value

    /// A sound matrix, mostly of these sizes, or none.
    member a.Matrix(rows: int, columns: int) : CsrMatrix =
        let near size =
            if chance 15 || size < 0 || size > 64 then
                random.Next 5
            else
                size

        let rows, columns = near rows, near columns

        let sets =
            Array.init rows (fun _ -> [| 0 .. columns - 1 |] |> Array.filter (fun _ -> chance 2))

        CsrMatrix(
            rows,
            columns,
            sets |> Array.map _.Length |> Array.scan (+) 0,
            Array.concat sets,
            sets |> Array.collect (Array.map (fun _ -> a.Number))
        )
        |> a.OrNull

    member a.Text: string =
        a.OrNull(
            String.Join(
                " ",
                Array.init (random.Next 4) (fun _ -> oneOf [| "one"; "Two"; "漢字"; "\ud800"; "a\000b"; "" |])
            )
        )

    member a.Texts: string[] = Array.init (random.Next 4) (fun _ -> a.Text) |> a.OrNull

    member _.Bytes(pieces: string[]) : byte[] =
        Array.init (random.Next 12) (fun _ -> oneOf pieces)
        |> String.concat ""
        |> Encoding.UTF8.GetBytes
