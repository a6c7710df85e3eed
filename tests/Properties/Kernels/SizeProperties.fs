module Limen.Properties.SizeProperties

open System
open System.IO
open System.Threading
open Expecto
open FsCheck.FSharp
open Limen.Kernels

/// Factors of a size: mostly such that 32 bits would not hold the product.
type Factors = { Rows: int64; Width: int64 }

/// A length up to the largest that a span has, and how much of it a task takes.
type Stretch = { Length: int; Size: int }

type SizeArbitraries =
    /// Numbers of every magnitude up to the given number of bits.
    static let upTo (bits: int) =
        gen {
            let! bits = Gen.choose (0, bits)
            let! high, low = Gen.two (Gen.choose (0, Int32.MaxValue))
            return ((int64 high <<< 31) ||| int64 low) &&& ((1L <<< bits) - 1L)
        }

    static member Factors() =
        Gen.map2 (fun rows width -> { Rows = rows; Width = width }) (upTo 33) (upTo 33)
        |> Arb.fromGen

    static member Stretches() =
        gen {
            let! length =
                Gen.oneof [ upTo 31; upTo 10 |> Gen.map (fun n -> int64 Int32.MaxValue - n) ]

            let! size = upTo 31
            // few tasks, so that all of them can be looked at
            let size = max (max 1L size) (length / 1000L)
            return { Length = int length; Size = int size }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<SizeArbitraries> ]

/// Two rows of which the second feature lies so far out that 16 numbers a feature are 16 more than 2^32, and ordinary ones.
let private farFeature =
    let columns = 268435455

    CsrMatrix(
        5,
        columns,
        [| 0; 2; 4; 5; 6; 7 |],
        [| 3; columns - 1; 5; columns - 1; 3; 5; 4 |],
        [| 0.5f; 0.25f; 0.5f; 0.75f; 1f; 1f; 1f |]
    )

let private labels =
    CsrMatrix(5, 2, [| 0; 1; 2; 3; 4; 4 |], [| 0; 1; 0; 1 |], Array.create 4 1f)

let private fit loss =
    DualCoordinateDescent.Fit(
        LinearRows(farFeature, labels, null),
        DualOptions(loss, 1.0, 0.1, 30, 1.0, 0.0, 1UL),
        ignore,
        CancellationToken.None
    )

[<Tests>]
let tests =
    testList
        "Sizes"
        [
            property cases "a length is the product, or refused where no array is so long" (fun (f: Factors) ->
                let product = bigint f.Rows * bigint f.Width

                if product <= bigint Array.MaxLength then
                    Require.equal (int product) (Shapes.Length(f.Rows, f.Width, "x"))
                else
                    Require.refusal<ArgumentException>(fun () -> box (Shapes.Length(f.Rows, f.Width, "x")))
                    |> Require.startsWith $"expected 0 to {Array.MaxLength} numbers, received {f.Rows} x {f.Width}")

            testCase "a length below 0 is refused" (fun () ->
                for rows, width in [ -1L, 3L; 3L, -1L; -1L, -1L ] do
                    Require.throws<ArgumentException>(fun () -> box (Shapes.Length(rows, width, "x")))

                Require.throws<ArgumentException>(fun () -> box (Shapes.Length(-1L, "x"))))

            property cases "tasks of a size tile a length, to the last number that a span can have" (fun (s: Stretch) ->
                let ends =
                    [
                        for task in 0 .. Lanes.Tasks(s.Length, s.Size) - 1 ->
                            task * s.Size, Lanes.End(task, s.Size, s.Length)
                    ]

                Require.equal s.Length (ends |> List.sumBy (fun (first, last) -> last - first))
                Require.isTrue (ends |> List.forall (fun (first, last) -> 0 <= first && first < last))
                Require.isTrue (List.pairwise ends |> List.forall (fun ((_, last), (next, _)) -> last = next)))

            testCase "chunks of rows cover as many rows as there can be" (fun () ->
                let mutable rows = 0L

                RowChunks.For(
                    Int32.MaxValue,
                    1 <<< 30,
                    (fun from until -> Interlocked.Add(&rows, int64 (until - from)) |> ignore)
                )

                Require.equal (int64 Int32.MaxValue) rows)

            testTheory
                "a feature so far out that its weights are more than an array holds is refused"
                [ LinearLoss.SquaredHinge; LinearLoss.Logistic ]
                (fun loss ->
                    Require.refusal<ArgumentException>(fun () -> box (fit loss))
                    |> Require.startsWith "expected features [N, D] of at most 134217722 features")

            testCase "a batch of more entries than an array holds is refused" (fun () ->
                let width = 1 <<< 16

                let row =
                    CsrMatrix(1, width, [| 0; width |], Array.init width id, Array.create width 1f)

                let touched = TouchedRows()
                touched.Gather(row, ReadOnlySpan [| 0; 0 |])

                Require.refusal<ArgumentException>(fun () ->
                    touched.Gather(row, ReadOnlySpan(Array.zeroCreate width))
                    null)
                |> Require.startsWith $"expected 0 to {Array.MaxLength} numbers, received {1L <<< 32}"

                Require.equal (width, 2) (touched.Count, touched.BatchRows))

            testCase "strips of more weights than an array holds are refused" (fun () ->
                Require.throws<ArgumentException>(fun () -> box (LabelStrips.Length(1 <<< 20, 1 <<< 12))))

            testCase
                "a step of rows wider than the stack moves each weight by the rate, against its gradient"
                (fun () ->
                    let width, rate = 3_000_000, 0.5f
                    let settings = AdamWSettings(WeightDecay = 0f)
                    let adam = LazyAdamW(2, width, &settings)
                    let weights: float32[] = Array.zeroCreate (2 * width)
                    let x = CsrMatrix(1, 2, [| 0; 1 |], [| 1 |], [| 2f |])
                    let touched = TouchedRows()
                    touched.Gather(x, ReadOnlySpan [| 0 |])
                    let slopes = Array.init width (fun i -> if i % 2 = 0 then 1f else -1f)
                    adam.Step(weights.AsSpan(), touched, ReadOnlySpan slopes, rate)

                    Require.all 0f (ArraySegment(weights, 0, width))

                    Require.isTrue (
                        Seq.forall2
                            (fun w slope -> abs (w + rate * slope) < 0.01f * rate)
                            (ArraySegment(weights, width, width))
                            slopes
                    ))

            testCase "a file of matrices whose sizes add up to its length only in 32 bits is damaged" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "matrices")
                    let key = Array.zeroCreate<byte> CsrFile.KeyBytes
                    using (File.Create path) (fun stream -> CsrFile.Write(stream, key, [||]))

                    // one matrix of 2^31 - 1 rows, whose row starts and entries would be -2^31 + 2 * 2^30 numbers
                    let sizes = [| 1; Int32.MaxValue; 1; 1 <<< 30 |]
                    let head = File.ReadAllBytes path

                    let bytes =
                        Array.append head[.. head.Length - 5] (sizes |> Array.collect BitConverter.GetBytes)

                    File.WriteAllBytes(path, bytes)
                    Require.isTrue (isNull (CsrFile.TryRead(path, key)))))
        ]
