namespace Limen.Properties

open System
open FsCheck.FSharp
open Limen.Kernels

/// A matrix [R, C] whose rows lie Stride numbers apart; the numbers between them belong to no one.
[<ReferenceEquality>]
type Strided =
    {
        Rows: int
        Columns: int
        Stride: int
        Numbers: float32[]
    }

    /// To be read.
    member m.Read = ReadOnlyMatrixSpan(ReadOnlySpan m.Numbers, m.Rows, m.Columns, m.Stride)

    /// To be written.
    member m.Write = MatrixSpan(Span m.Numbers, m.Rows, m.Columns, m.Stride)

    /// As it is, in memory of its own.
    member m.Copy() =
        { m with
            Numbers = Array.copy m.Numbers
        }

    /// Rows first .. first + count - 1, in memory of their own.
    member m.Block first count =
        { m with
            Rows = count
            Numbers = m.Numbers[first * m.Stride .. (first + count) * m.Stride - 1]
        }

    member m.Transposed =
        { m with
            Rows = m.Columns
            Columns = m.Rows
            Stride = m.Rows
            Numbers = Array.init (m.Rows * m.Columns) (fun i -> m.Read[i % m.Rows, i / m.Rows])
        }

/// Factors [M, K] and [K, N] and a matrix [M, N] to write or add to.
[<ReferenceEquality>]
type DenseCase =
    {
        Left: Strided
        Right: Strided
        Target: Strided
    }

    member c.Depth = c.Left.Columns

type DenseArbitraries =

    // around the sizes of tiles (6 rows of 2 to 32 columns), of blocks (192 rows, 128 columns) and of panels (256 deep)
    static member Case() =
        gen {
            let! rows = Gen.frequency [ 4, Gen.choose (0, 14); 1, Gen.choose (190, 199) ]

            let! columns =
                Gen.frequency [ 2, Gen.choose (0, 9); 2, Gen.choose (14, 34); 1, Gen.choose (126, 162) ]

            let! depth = Gen.frequency [ 4, Gen.choose (0, 9); 1, Gen.choose (254, 259) ]
            let! gap = Gen.elements [ 0; 1; 5 ]
            let! percent = Gen.elements [ 0; 3; 50 ]
            let! seed = Gen.choose (0, Int32.MaxValue)
            let random = Random seed

            let special () =
                random.GetItems([| 0f; -0f; infinityf; -infinityf; nanf; 1e-41f; 3e38f; -3e38f |], 1)[0]

            let number _ =
                if random.Next 100 < percent then
                    special ()
                else
                    8f * random.NextSingle() - 4f

            let matrix rows columns =
                {
                    Rows = rows
                    Columns = columns
                    Stride = columns + gap
                    Numbers = Array.init (rows * (columns + gap)) number
                }

            return
                {
                    Left = matrix rows depth
                    Right = matrix depth columns
                    Target = matrix rows columns
                }
        }
        |> Arb.fromGen
