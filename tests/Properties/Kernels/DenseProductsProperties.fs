module Limen.Properties.DenseProductsProperties

open System
open Expecto
open Limen.Kernels

/// The bits of all numbers, those between the rows with them; of a NaN, that it is one.
let private bits (m: Strided) =
    m.Numbers
    |> Array.map (fun x ->
        if Single.IsNaN x then
            -1
        else
            BitConverter.SingleToInt32Bits x)

/// What a product leaves in the target.
let private result (c: DenseCase) product =
    let target = c.Target.Copy()
    product c target
    target

let private multiplyTransposed c (target: Strided) =
    DenseProducts.MultiplyTransposed(c.Left.Read, c.Right.Transposed.Read, target.Write)

let private addProduct c (target: Strided) =
    DenseProducts.AddProduct(c.Left.Read, c.Right.Read, target.Write)

let private transposeMultiply c (target: Strided) =
    DenseProducts.TransposeMultiply(c.Left.Transposed.Read, c.Right.Read, target.Write)

let private products =
    [
        "a b'",
        multiplyTransposed,
        (fun c (target: Strided) ->
            DenseProducts.MultiplyTransposedPlain(c.Left.Read, c.Right.Transposed.Read, target.Write))
        "c + a b",
        addProduct,
        (fun c (target: Strided) -> DenseProducts.AddProductPlain(c.Left.Read, c.Right.Read, target.Write))
        "a' b",
        transposeMultiply,
        (fun c (target: Strided) ->
            DenseProducts.TransposeMultiplyPlain(c.Left.Transposed.Read, c.Right.Read, target.Write))
    ]

/// |a_m1 b_1n| + ... + |a_mK b_Kn| and the sum itself, in float64.
let private exact (c: DenseCase) row column =
    let terms =
        [
            for k in 0 .. c.Depth - 1 -> float c.Left.Read[row, k] * float c.Right.Read[k, column]
        ]

    List.sumBy abs terms, List.sum terms

let private cases = Cases.from [ typeof<DenseArbitraries> ]

[<Tests>]
let tests =
    testList
        "DenseProducts"
        [
            for name, product, plain in products do
                property
                    cases
                    $"{name}: the plain product to the last bit, at every width, and nothing beside it"
                    (fun (c: DenseCase) ->
                        let expected = bits (result c plain)

                        for received in Across.widths (fun () -> result c product) do
                            Require.equal expected (bits received))

            property
                cases
                "the plain product is the sum of the products, up to the rounding of its terms"
                (fun (c: DenseCase) ->
                    for name, _, plain in products do
                        let received = (result c plain).Read

                        for row in 0 .. c.Target.Rows - 1 do
                            for column in 0 .. c.Target.Columns - 1 do
                                let before =
                                    if name = "c + a b" then
                                        float c.Target.Read[row, column]
                                    else
                                        0.0

                                let size, sum = exact c row column
                                let bound = (size + abs before) * float (c.Depth + 1) * 1.2e-7 + 1e-43

                                if size + abs before < 3e38 then
                                    Require.near bound (before + sum) (float received[row, column]))

            property cases "a row alone has the bits that it has in its batch, at every width" (fun (c: DenseCase) ->
                for _, product, _ in products do
                    let batch = bits (result c product)
                    let stride = c.Target.Stride

                    for row in 0 .. c.Target.Rows - 1 do
                        let alone =
                            { c with
                                Left = c.Left.Block row 1
                                Target = c.Target.Block row 1
                            }

                        for received in Across.widths (fun () -> result alone product) do
                            Require.equal batch[row * stride .. (row + 1) * stride - 1] (bits received))

            property cases "added in two parts of its sum, a product has the same bits" (fun (c: DenseCase) ->
                let whole = bits (result c addProduct)

                let columns first count =
                    (c.Left.Transposed.Block first count).Transposed

                for cut in List.distinct [ 0; c.Depth / 3; c.Depth ] do
                    let target = c.Target.Copy()

                    for first, count in [ 0, cut; cut, c.Depth - cut ] do
                        addProduct
                            { c with
                                Left = columns first count
                                Right = c.Right.Block first count
                            }
                            target

                    Require.equal whole (bits target))

            property (cases |> Cases.times 30) "the number of threads does not change a bit" (fun (c: DenseCase) ->
                for _, product, _ in products do
                    Across.threads (fun () -> bits (result c product))
                    |> List.distinct
                    |> List.length
                    |> Require.equal 1)

            property
                (cases |> Cases.times 30)
                "nor does it that a task of the workers asks for it"
                (fun (c: DenseCase) ->
                    for _, product, _ in products do
                        let expected = bits (result c product)
                        let received = Array.init 3 (fun _ -> c.Target.Copy())
                        Workers.For(received.Length, (fun task -> product c received[task]))

                        for each in received do
                            Require.equal expected (bits each))

            test "columns of a larger matrix are read and written where they are" {
                let w = [| 1f; 2f; 3f; 4f; 5f; 6f |]
                let z = Array.create 6 9f

                // the last two of three columns, as of [2, 3] both
                DenseProducts.MultiplyTransposed(
                    ReadOnlyMatrixSpan(ReadOnlySpan(w, 1, 5), 2, 2, 3),
                    ReadOnlyMatrixSpan(ReadOnlySpan w, 2, 2, 3),
                    MatrixSpan(Span(z, 1, 5), 2, 2, 3)
                )

                Require.equal [| 9f; 8f; 23f; 9f; 17f; 50f |] z
            }

            test "a sum over nothing is 0, and adds nothing" {
                let nothing = ReadOnlyMatrixSpan(ReadOnlySpan<float32>.Empty, 2, 0)
                let z = Array.create 4 5f

                DenseProducts.AddProduct(
                    nothing,
                    ReadOnlyMatrixSpan(ReadOnlySpan<float32>.Empty, 0, 2),
                    MatrixSpan(Span z, 2, 2)
                )

                Require.equal [| 5f; 5f; 5f; 5f |] z
                DenseProducts.MultiplyTransposed(nothing, nothing, MatrixSpan(Span z, 2, 2))
                Require.equal [| 0f; 0f; 0f; 0f |] z
            }

            test "shapes that do not agree are named" {
                let read rows columns =
                    {
                        Rows = rows
                        Columns = columns
                        Stride = columns
                        Numbers = Across.zeros (rows * columns)
                    }

                let refused product (a: Strided) (b: Strided) (c: Strided) =
                    Require.refusal<ArgumentException>(fun () -> box (product (a, b, c)))

                let times (a: Strided, b: Strided, c: Strided) =
                    DenseProducts.MultiplyTransposed(a.Read, b.Read, c.Write)

                let add (a: Strided, b: Strided, c: Strided) =
                    DenseProducts.AddProduct(a.Read, b.Read, c.Write)

                let transposed (a: Strided, b: Strided, c: Strided) =
                    DenseProducts.TransposeMultiply(a.Read, b.Read, c.Write)

                Require.equal
                    [
                        "expected a matrix [4, 3], received [4, 5] (Parameter 'b')"
                        "expected a matrix [2, 4], received [4, 2] (Parameter 'c')"
                        "expected a matrix [3, 4], received [4, 4] (Parameter 'b')"
                        "expected a matrix [2, 4], received [2, 3] (Parameter 'c')"
                        "expected a matrix [2, 4], received [3, 4] (Parameter 'b')"
                        "expected a matrix [3, 4], received [2, 4] (Parameter 'c')"
                    ]
                    [
                        refused times (read 2 3) (read 4 5) (read 2 4)
                        refused times (read 2 3) (read 4 3) (read 4 2)
                        refused add (read 2 3) (read 4 4) (read 2 4)
                        refused add (read 2 3) (read 3 4) (read 2 3)
                        refused transposed (read 2 3) (read 3 4) (read 3 4)
                        refused transposed (read 2 3) (read 2 4) (read 2 4)
                    ]
            }

            test "a matrix needs the numbers of all its rows, and no more of the last one than its columns" {
                let shape (numbers: int) rows columns stride =
                    box (ReadOnlyMatrixSpan(ReadOnlySpan(Across.zeros numbers), rows, columns, stride).Rows)

                Require.equal (box 2) (shape 8 2 3 5)

                Require.equal
                    "expected at least 8 numbers for 2 rows of 3, 5 apart, received 7 (Parameter 'numbers')"
                    (Require.refusal<ArgumentException>(fun () -> shape 7 2 3 5))

                // 2^32 numbers, of which 32 bits know nothing
                Require.throws<ArgumentException>(fun () -> shape 8 65536 65536 65536)

                for rows, columns, stride in [ -1, 3, 3; 2, -3, 3; 2, 3, 2 ] do
                    Require.throws<ArgumentOutOfRangeException>(fun () -> shape 8 rows columns stride)
            }
        ]
