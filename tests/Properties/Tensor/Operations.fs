namespace Limen.Properties

open FsCheck
open FsCheck.FSharp
open Limen.Core
open Limen.Properties.Applications

[<RequireQualifiedAccess>]
module Operations =

    let private clamp =
        operation
            "clamp"
            (gen {
                let! s = shape 0 3
                let! inputs = real [ s ]
                let! low = Gen.choose (-16, 0) |> Gen.map (fun i -> float i / 8.0)
                let! high = Gen.choose (1, 16) |> Gen.map (fun i -> float i / 8.0)
                return application inputs (Tensor.clamp low high) (Nd.map (max low >> min high))
            })

    let private where =
        operation
            "where"
            (gen {
                let! s = shape 0 3
                let! m = shrunk s
                let! a = shrunk s
                let! b = shrunk s
                let! inputs = real [ m; a; b ]

                return
                    {
                        Inputs = inputs
                        Tensors = fun t -> Tensor.where (Tensor.greaterThan 0.0 t[0]) t[1] t[2]
                        Loops =
                            fun n ->
                                let full = Nd.broadcast n[0].Shape (Nd.broadcast n[1].Shape n[2].Shape)
                                Nd.init full (fun i -> if Nd.at n[0] i > 0.0 then Nd.at n[1] i else Nd.at n[2] i)
                    }
            })

    // -- reductions --

    let private whole name least tensors (loops: float[] -> float) =
        operation
            name
            (gen {
                let! s = shape 0 3 |> Gen.filter (fun s -> Nd.count s >= least)
                let! inputs = real [ s ]
                return application inputs tensors (Nd.reduceAll loops)
            })

    let private along name least tensors (loops: int -> Nd -> Nd) =
        operation
            name
            (gen {
                let! s = shape 1 3
                let! axis = Gen.choose (0, s.Length - 1)
                let s = Array.updateAt axis (max least s[axis]) s
                let! inputs = real [ s ]
                return application inputs (tensors axis) (loops axis)
            })

    let private logSumExp (values: float[]) = log (Array.sumBy exp values)

    // -- linear algebra, layout --

    let private mm =
        operation
            "mm"
            (gen {
                let! m = Gen.choose (0, 4)
                let! k = Gen.choose (0, 4)
                let! n = Gen.choose (0, 4)
                let! inputs = real [ [| m; k |]; [| k; n |] ]

                return
                    {
                        Inputs = inputs
                        Tensors = fun t -> t[0] |> Tensor.mm t[1]
                        Loops = fun n -> Nd.mm n[0] n[1]
                    }
            })

    let private transpose =
        operation
            "transpose"
            (gen {
                let! s = shape 2 2
                let! inputs = real [ s ]
                return application inputs Tensor.transpose Nd.transpose
            })

    let private reshape =
        operation
            "reshape"
            (gen {
                let! s = shape 0 3
                let! inputs = real [ s ]

                let! target =
                    Gen.elements
                        [
                            [| Nd.count s |]
                            Array.rev s
                            Array.append [| 1 |] s
                            Array.append s [| 1 |]
                        ]

                return application inputs (Tensor.reshape target) (fun a -> { a with Shape = target })
            })

    let private cat =
        operation
            "cat"
            (gen {
                let! s = shape 1 3
                let! axis = Gen.choose (0, s.Length - 1)
                let! sizes = Gen.nonEmptyListOf (Gen.choose (0, 3)) |> Gen.map (List.truncate 3)
                let! inputs = real [ for n in sizes -> Array.updateAt axis n s ]

                return
                    {
                        Inputs = inputs
                        Tensors = Tensor.cat axis
                        Loops = Nd.cat axis
                    }
            })

    let private ids count rows =
        Gen.listOfLength count (Gen.choose (0, rows - 1)) |> Gen.map List.toArray

    let private idTensor (ids: int[]) =
        Tensor.ofIds [| ids.Length |] (Array.map int64 ids)

    let private selectRows =
        operation
            "selectRows"
            (gen {
                let! rows = Gen.choose (1, 4)
                let! width = Gen.choose (0, 3)
                let! count = Gen.choose (0, 6)
                let! chosen = ids count rows
                let! inputs = real [ [| rows; width |] ]
                return application inputs (fun x -> Tensor.selectRows (idTensor chosen) x) (Nd.selectRows chosen)
            })

    let private addRows =
        operation
            "addRows"
            (gen {
                let! rows = Gen.choose (1, 4)
                let! width = Gen.choose (0, 3)
                let! count = Gen.choose (0, 6)
                let! targets = ids count rows
                let! inputs = real [ [| count; width |] ]
                return application inputs (fun x -> Tensor.addRows rows (idTensor targets) x) (Nd.addRows rows targets)
            })

    let private columns =
        operation
            "columns"
            (gen {
                let! s = shape 2 2
                let! from = Gen.choose (0, s[1])
                let! count = Gen.choose (0, s[1] - from)
                let! inputs = real [ s ]
                return application inputs (Tensor.columns from count) (Nd.slice 1 from count)
            })

    let all =
        [
            binary "add" Tensor.add (+)
            binary "sub" Tensor.sub (-)
            binary "mul" Tensor.mul (*)
            binaryOn positive "div" Tensor.div (/)
            binary "maximum" Tensor.maximum max
            binary "minimum" Tensor.minimum min
            withConstant real "shift" Tensor.shift (+)
            withConstant real "scale" Tensor.scale (*)
            withConstant positive "pow" Tensor.pow (fun p x -> x ** p)
            { withConstant real "greaterThan" Tensor.greaterThan (fun c x -> if x > c then 1.0 else 0.0) with
                Differentiable = false
            }
            unary "neg" Tensor.neg (~-)
            unary "abs" Tensor.abs abs
            unary "exp" Tensor.exp exp
            unaryOn positive "log" Tensor.log log
            unaryOn positive "sqrt" Tensor.sqrt sqrt
            unary "relu" Tensor.relu (max 0.0)
            unary "sigmoid" Tensor.sigmoid (fun x -> 1.0 / (1.0 + exp -x))
            unary "softplus" Tensor.softplus (fun x -> log (1.0 + exp x))
            unary "clone" Tensor.clone id
            clamp
            where
            whole "sum" 0 Tensor.sum Array.sum
            whole "mean" 1 Tensor.mean Array.average
            along "sumAxis" 0 Tensor.sumAxis (fun axis -> Nd.reduce axis Array.sum)
            along "meanAxis" 1 Tensor.meanAxis (fun axis -> Nd.reduce axis Array.average)
            along "maxAxis" 1 Tensor.maxAxis (fun axis -> Nd.reduce axis Array.max)
            along "logSumExp" 1 Tensor.logSumExp (fun axis -> Nd.reduce axis logSumExp)
            along "softmax" 1 Tensor.softmax Nd.softmax
            mm
            transpose
            reshape
            cat
            selectRows
            columns
            addRows
        ]
