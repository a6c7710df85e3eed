namespace Limen.Properties

open FsCheck
open FsCheck.FSharp
open Limen.Core

/// One application of an operation: its inputs, the operation, the same in loops.
[<ReferenceEquality>]
type Application =
    {
        Inputs: Nd list
        Tensors: Tensor list -> Tensor
        Loops: Nd list -> Nd
    }

/// An operation of module Tensor that takes and gives tensors of numbers, with random applications of it.
[<NoEquality; NoComparison>]
type Operation =
    {
        Name: string
        Differentiable: bool
        Applications: Gen<Application>
    }

/// How applications are generated: shapes, inputs, and operations of one and of two tensors.
module Applications =

    let shape low high =
        gen {
            let! rank = Gen.choose (low, high)

            let! sizes =
                Gen.listOfLength rank (Gen.frequency [ 1, Gen.constant 0; 9, Gen.choose (1, 4) ])

            return List.toArray sizes
        }

    /// Distinct values that float32 holds exactly: odd multiples of 1/16, each with an offset of its own below 1/32 or so,
    /// hence never at a kink that lies at a multiple of 1/8, nor equal to another of the same application.
    let arrays least (shapes: int[] list) =
        gen {
            let! grid = Gen.listOfLength (List.sumBy Nd.count shapes) (Gen.choose (least, 31))

            let values =
                grid |> List.mapi (fun i k -> float (2 * k + 1) / 16.0 + float i / 4096.0)

            return
                shapes
                |> List.mapFold
                    (fun rest s ->
                        let own, others = List.splitAt (Nd.count s) rest

                        { Shape = s; Values = List.toArray own }, others)
                    values
                |> fst
        }

    let real = arrays -32
    let positive = arrays 0

    /// A shape that broadcasts to this one: some sizes 1, leading axes dropped.
    let shrunk (full: int[]) =
        gen {
            let! ones =
                Gen.listOfLength full.Length (Gen.frequency [ 3, Gen.constant false; 1, Gen.constant true ])

            let! dropped = Gen.frequency [ 3, Gen.constant 0; 1, Gen.choose (0, full.Length) ]

            return
                Array.zip full (List.toArray ones)
                |> Array.map (fun (n, one) -> if one then 1 else n)
                |> Array.skip dropped
        }

    let application inputs tensors loops =
        {
            Inputs = inputs
            Tensors = List.head >> tensors
            Loops = List.head >> loops
        }

    let operation name applications =
        {
            Name = name
            Differentiable = true
            Applications = applications
        }

    // -- elementwise --

    let unaryOn values name tensors loops =
        operation
            name
            (gen {
                let! s = shape 0 3
                let! inputs = values [ s ]
                return application inputs tensors (Nd.map loops)
            })

    let unary name = unaryOn real name

    /// With a constant at a multiple of 1/8.
    let withConstant values name tensors loops =
        operation
            name
            (gen {
                let! s = shape 0 3
                let! inputs = values [ s ]
                let! c = Gen.choose (-16, 16) |> Gen.map (fun i -> float i / 8.0)
                return application inputs (tensors c) (Nd.map (loops c))
            })

    let binaryOn values name (tensors: Tensor -> Tensor -> Tensor) loops =
        operation
            name
            (gen {
                let! s = shape 0 3
                let! a = shrunk s
                let! b = shrunk s
                let! inputs = values [ a; b ]

                return
                    {
                        Inputs = inputs
                        Tensors = fun t -> t[0] |> tensors t[1]
                        Loops = fun n -> Nd.map2 loops n[0] n[1]
                    }
            })

    let binary name = binaryOn real name
