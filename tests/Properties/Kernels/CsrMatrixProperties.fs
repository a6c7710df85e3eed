module Limen.Properties.CsrMatrixProperties

open System
open System.IO
open Expecto
open FsCheck.FSharp
open Limen.Kernels

/// What a matrix is made of, as a caller hands it over.
type Parts =
    {
        Rows: int
        Columns: int
        RowStart: int[]
        Indices: int[]
        Values: float32[]
    }

/// Parts of a matrix as they should be.
type Sound = { Parts: Parts }

/// Parts of a matrix with one thing wrong, and what that is.
type Broken = { What: string; Parts: Parts }

type PartsArbitraries =
    static let sound =
        gen {
            let! rows = Gen.choose (0, 6)
            let! columns = Gen.choose (0, 9)
            let! sets = Gen.arrayOfLength rows (Gen.subListOf [ 0 .. columns - 1 ])
            let indices = sets |> Array.collect List.toArray
            // arrays may be longer than the matrix, and what stands there is nobody's
            let! spare = Gen.choose (0, 2)
            let indices = Array.append indices (Array.create spare -7)

            let number =
                Gen.oneof [ Generators.value; Gen.elements [ Single.NaN; Single.NegativeInfinity ] ]

            let! values = Gen.arrayOfLength indices.Length number

            return
                {
                    Rows = rows
                    Columns = columns
                    RowStart = sets |> Array.map List.length |> Array.scan (+) 0
                    Indices = indices
                    Values = values
                }
        }

    static let set (at: int) value (a: 'a[]) = Array.updateAt at value a

    /// Each way in which parts with two entries or more in some row can be broken.
    static let breaks (p: Parts) =
        let row =
            Seq.find (fun r -> p.RowStart[r + 1] - p.RowStart[r] >= 2) (seq { 0 .. p.Rows - 1 })

        let at = p.RowStart[row]
        let entries = p.RowStart[p.Rows]

        [
            "a column beyond the last",
            { p with
                Indices = p.Indices |> set (at + 1) p.Columns
            }
            "a column far beyond the last",
            { p with
                Indices = p.Indices |> set (at + 1) Int32.MaxValue
            }
            "a column below 0",
            { p with
                Indices = p.Indices |> set at -1
            }
            "a column twice",
            { p with
                Indices = p.Indices |> set (at + 1) p.Indices[at]
            }
            "columns that descend",
            { p with
                Indices = p.Indices |> set at p.Indices[at + 1] |> set (at + 1) p.Indices[at]
            }
            "a first row start other than 0",
            { p with
                RowStart = p.RowStart |> set 0 1
            }
            "a last row start below 0",
            { p with
                RowStart = p.RowStart |> set p.Rows -1
            }
            "a last row start beyond the entries",
            { p with
                RowStart = p.RowStart |> set p.Rows (p.Indices.Length + 1)
            }
            "row starts that descend",
            { p with
                RowStart = Array.append p.RowStart [| entries - 1 |]
                Rows = p.Rows + 1
            }
            "a row start beyond the last one",
            { p with
                RowStart = Array.concat [ [| 0; entries + 100 |]; p.RowStart[1..] ]
                Rows = p.Rows + 1
            }
            "a row start too few", { p with Rows = p.Rows + 1 }
            "a row start too many", { p with Rows = p.Rows - 1 }
            "rows below 0", { p with Rows = -1; RowStart = [||] }
            "more rows than an array counts", { p with Rows = Int32.MaxValue }
            "columns below 0", { p with Columns = -1 }
            "an index too few",
            { p with
                Indices = Array.truncate (entries - 1) p.Indices
            }
            "a value too few",
            { p with
                Values = Array.truncate (entries - 1) p.Values
            }
        ]

    static member Sound() =
        sound |> Gen.map (fun p -> { Sound.Parts = p }) |> Arb.fromGen

    static member Broken() =
        gen {
            let! parts =
                sound
                |> Gen.filter (fun p ->
                    Array.pairwise p.RowStart
                    |> Array.exists (fun (start, last) -> last - start >= 2))

            let! what, broken = Gen.elements (breaks parts)
            return { What = what; Parts = broken }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<PartsArbitraries> ] |> Cases.times 500

let private matrix (p: Parts) =
    CsrMatrix(p.Rows, p.Columns, p.RowStart, p.Indices, p.Values)

let private trusted (p: Parts) =
    CsrMatrix.Trusted(p.Rows, p.Columns, p.RowStart, p.Indices, p.Values)

/// Four columns, of which the one entry is the given one.
let private ofColumn (column: int) =
    {
        Rows = 1
        Columns = 4
        RowStart = [| 0; 1 |]
        Indices = [| column |]
        Values = [| 1f |]
    }

[<Tests>]
let tests =
    testList
        "CsrMatrix"
        [
            property cases "takes every matrix as it should be, of any values, and copies nothing" (fun (s: Sound) ->
                let m = matrix s.Parts
                Require.same s.Parts.RowStart m.RowStart
                Require.same s.Parts.Indices m.Indices
                Require.same s.Parts.Values m.Values
                Require.equal (s.Parts.Rows, s.Parts.Columns) (m.Rows, m.Columns)
                Require.equal (Array.last s.Parts.RowStart) m.NonZeros)

            property
                cases
                "refuses whatever would let a kernel address memory that is not the matrix's"
                (fun (b: Broken) ->
                    Require.refusal<ArgumentException>(fun () -> box (matrix b.Parts))
                    |> Require.contains "expected")

            property cases "values that are not finite are refused by Validate alone" (fun (s: Sound) ->
                let m = matrix s.Parts
                let stored = Array.truncate m.NonZeros m.Values

                if Array.forall Single.IsFinite stored then
                    Require.same m (m.Validate())
                else
                    Require.refusal<ArgumentException>(fun () -> box (m.Validate()))
                    |> Require.contains "expected a finite value")

            testCase "column 1000 of 4 is named" (fun () ->
                Require.refusal<ArgumentException>(fun () -> box (matrix (ofColumn 1000)))
                |> Require.equal "row 1: expected strictly ascending columns below 4, received 1000 after -1")

            testCase "what the library trusts is judged when it is asked to" (fun () ->
                Require.equal
                    "row 1: expected strictly ascending columns below 4, received 4 after -1"
                    ((trusted (ofColumn 4)).StructureFault())

                Require.isTrue (isNull ((trusted (ofColumn 3)).StructureFault())))

            testCase "a file of a matrix that is none is damaged, though its checksum is right" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "matrices")
                    let key = Array.zeroCreate<byte> CsrFile.KeyBytes

                    let written column =
                        using (File.Create path) (fun stream ->
                            CsrFile.Write(stream, key, [| trusted (ofColumn column) |]))

                        CsrFile.TryRead(path, key)

                    Require.equal [| 3 |] (Array.head (written 3)).Indices
                    Require.isTrue (isNull (written 1000))))
        ]
