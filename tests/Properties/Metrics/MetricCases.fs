namespace Limen.Properties

open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// The truth of some rows and what models said of them: rows and labels without positives, ties, short lists.
[<ReferenceEquality>]
type MetricCase =
    {
        Truth: CsrMatrix
        Sets: CsrMatrix
        /// Label sets of a second model.
        Others: CsrMatrix
        /// Lists with many equal scores.
        Tied: CsrMatrix
        /// Lists without equal scores anywhere.
        Distinct: CsrMatrix
        /// Probabilities with many equal ones.
        Probabilities: CsrMatrix
        /// The training support of each label.
        TrainingSupport: int[]
        /// Whole numbers, some of them 0.
        Weights: float32[]
        Seed: Seed
    }

    member c.Rows = c.Truth.Rows
    member c.Labels = c.Truth.Columns

    member c.Inverse =
        Propensity.inverse Propensity.standard (LabelCounts.create 1000 c.TrainingSupport)

    /// Label sets of the first model beside the truth, and of the second.
    member c.OfSets = Evidence.ofSets (LabelSets c.Sets) (LabelSets c.Truth)
    member c.OfOthers = Evidence.ofSets (LabelSets c.Others) (LabelSets c.Truth)

    /// Scores beside the truth.
    member c.OfScores scores =
        Evidence.ofScores (Scores scores) (LabelSets c.Truth)

/// Scores and truth written out: the plain form that definitions are read from.
[<RequireQualifiedAccess>]
module Dense =

    /// Which labels each row has.
    let flags (m: CsrMatrix) : bool[][] =
        Array.init m.Rows (fun r -> Array.init m.Columns (fun l -> Array.contains l (Csr.set r m)))

    /// The scores of each row, the given value where none is stored.
    let values (absent: float) (m: CsrMatrix) : float[][] =
        Array.init m.Rows (fun r ->
            let row = Array.create m.Columns absent

            for struct (l, v) in Csr.row r m do
                row[l] <- float v

            row)

    /// A matrix that stores every entry.
    let toCsr (columns: int) (rows: float[][]) : CsrMatrix =
        rows
        |> Array.map (Array.mapi (fun l v -> struct (l, float32 v)))
        |> Csr.ofRows columns

    let mean (values: float[]) =
        if values.Length = 0 then 0.0 else Array.average values

[<RequireQualifiedAccess>]
module MetricCases =

    let private grid least most step =
        Gen.choose (least, most) |> Gen.map (fun i -> float32 i / step)

    /// Each stored value becomes a number of its own: 1, 2, ... in random order, times the step.
    let private distinct (step: float32) (seed: Seed) (m: CsrMatrix) =
        let order = Seed.permutation m.NonZeros seed
        CsrMatrix(m.Rows, m.Columns, m.RowStart, m.Indices, Array.map (fun i -> float32 (i + 1) * step) order)

    let any =
        gen {
            let! rows = Gen.choose (0, 12)
            let! labels = Gen.choose (1, 8)
            let! density = Gen.elements [ 0; 15; 40; 100 ]
            let! listed = Gen.elements [ 0; 40; 80; 100 ]
            let! seed = Gen.choose (0, 1000000) |> Gen.map Seed.ofInt
            let sets = Generators.csr rows labels
            let ones = Gen.constant 1f
            let! truth = sets density ones
            let! first = sets 30 ones
            let! second = sets 30 ones
            let! tied = sets listed (grid -3 3 2f)
            let! untied = sets listed ones
            let! probabilities = sets listed (grid 0 8 8f)
            let! support = Gen.arrayOfLength labels (Gen.choose (0, 200))
            let! weights = Gen.arrayOfLength rows (Gen.choose (0, 3))

            return
                {
                    Truth = truth
                    Sets = first
                    Others = second
                    Tied = tied
                    Distinct = distinct 1f seed untied
                    Probabilities = probabilities
                    TrainingSupport = support
                    Weights = Array.map float32 weights
                    Seed = seed
                }
        }

    /// The same case whose lists store a score, equal to no other, for every pair.
    let full (c: MetricCase) =
        let every = Array.create c.Rows (Array.create c.Labels 1.0) |> Dense.toCsr c.Labels

        { c with
            Distinct = distinct 1f c.Seed every
            Probabilities = distinct (1f / float32 (every.NonZeros + 1)) c.Seed every
        }

    /// The same case, with at least one row, whose truth gives every row a label and every label a row.
    let complete (c: MetricCase) =
        let filled =
            Array.init c.Rows (fun r ->
                [|
                    yield! Csr.set r c.Truth
                    r % c.Labels
                    for l in 0 .. c.Labels - 1 do
                        if l % c.Rows = r then
                            l
                |])

        { c with
            Truth = Csr.ofSets c.Labels filled
        }

type MetricArbitraries =
    static member Case() = Arb.fromGen MetricCases.any
