namespace Limen.Properties

/// The oracle of the tensor operations: an array of any rank in float64, and loops.
type Nd = { Shape: int[]; Values: float[] }

[<RequireQualifiedAccess>]
module Nd =

    let count (shape: int[]) = Array.fold (*) 1 shape

    /// The index of element i in row-major order.
    let private unravel (shape: int[]) (i: int) =
        let index = Array.zeroCreate shape.Length
        let mutable rest = i

        for axis in shape.Length - 1 .. -1 .. 0 do
            index[axis] <- rest % shape[axis]
            rest <- rest / shape[axis]

        index

    let init (shape: int[]) (f: int[] -> float) =
        {
            Shape = shape
            Values = Array.init (count shape) (unravel shape >> f)
        }

    /// The element at an index of an array that this one broadcasts to: axes align on the right, size 1 repeats.
    let at (a: Nd) (index: int[]) =
        let own = Array.skip (index.Length - a.Shape.Length) index

        Array.zip a.Shape own
        |> Array.fold (fun offset (size, i) -> offset * size + (if size = 1 then 0 else i)) 0
        |> Array.get a.Values

    /// The shape that both broadcast to.
    let broadcast (a: int[]) (b: int[]) =
        let rank = max a.Length b.Length

        let pad (s: int[]) =
            Array.append (Array.create (rank - s.Length) 1) s

        Array.map2 (fun m n -> if m = 1 then n else m) (pad a) (pad b)

    let map f a =
        { a with Values = Array.map f a.Values }

    let map2 f a b =
        init (broadcast a.Shape b.Shape) (fun i -> f (at a i) (at b i))

    /// The values along an axis at an index that lacks it.
    let private line axis (a: Nd) (index: int[]) =
        Array.init a.Shape[axis] (fun j -> at a (Array.insertAt axis j index))

    let reduce axis (f: float[] -> float) a =
        init (Array.removeAt axis a.Shape) (line axis a >> f)

    let reduceAll (f: float[] -> float) a =
        {
            Shape = [||]
            Values = [| f a.Values |]
        }

    let softmax axis a =
        init a.Shape (fun i ->
            let exponentials = line axis a (Array.removeAt axis i) |> Array.map exp
            exp (at a i) / Array.sum exponentials)

    let transpose a =
        init (Array.rev a.Shape) (fun i -> at a (Array.rev i))

    let mm a b =
        init [| a.Shape[0]; b.Shape[1] |] (fun i ->
            Seq.sum (seq { for k in 0 .. a.Shape[1] - 1 -> at a [| i[0]; k |] * at b [| k; i[1] |] }))

    let private moved axis by index =
        Array.mapi (fun a i -> if a = axis then i + by else i) index

    /// The part from .. from + size - 1 of an axis.
    let slice axis from size a =
        init (Array.updateAt axis size a.Shape) (moved axis from >> at a)

    let cat axis (parts: Nd list) =
        let joined a b =
            let size = a.Shape[axis]

            init (Array.updateAt axis (size + b.Shape[axis]) a.Shape) (fun i ->
                if i[axis] < size then at a i else at b (moved axis -size i))

        List.reduce joined parts

    let selectRows (ids: int[]) a =
        init (Array.updateAt 0 ids.Length a.Shape) (fun i -> at a (Array.updateAt 0 ids[i[0]] i))

    let addRows rows (ids: int[]) a =
        init (Array.updateAt 0 rows a.Shape) (fun i ->
            Seq.sum (
                seq { for k in 0 .. ids.Length - 1 -> if ids[k] = i[0] then at a (Array.updateAt 0 k i) else 0.0 }
            ))
