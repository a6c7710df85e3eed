namespace Limen.Core

open Limen.Kernels

/// What is known of the candidate pairs of N rows and L labels: Margins, one matrix [N, L] per scorer in logit space, Local, the local signal KNN_l(x) in [0, 1] (0: no
/// vote), and Rarity in [0, 1], that of the label among the rows that the scorers learned from (in cross-fitted lists those outside the row's fold), all on the same pairs. A
/// pair outside the list scores below every listed one and is never predicted.
[<ReferenceEquality>]
type CandidateScores =
    {
        Margins: CsrMatrix[]
        Local: CsrMatrix
        Rarity: CsrMatrix
    }

[<RequireQualifiedAccess>]
module CandidateScores =

    let private samePairs (a: CsrMatrix) (b: CsrMatrix) =
        a.Rows = b.Rows
        && a.Columns = b.Columns
        && a.NonZeros = b.NonZeros
        && (obj.ReferenceEquals(a.RowStart, b.RowStart)
            || System.MemoryExtensions.SequenceEqual(System.ReadOnlySpan a.RowStart, System.ReadOnlySpan b.RowStart))
        && (obj.ReferenceEquals(a.Indices, b.Indices)
            || System.MemoryExtensions.SequenceEqual(
                System.ReadOnlySpan(a.Indices, 0, a.NonZeros),
                System.ReadOnlySpan(b.Indices, 0, b.NonZeros)
            ))

    /// The labels' rarity [L] on the pairs of a matrix.
    let internal rarityOn (pairs: CsrMatrix) (rarity: float32[]) : CsrMatrix =
        Shape.require (nameof rarity) "[L]" [ pairs.Columns ] [ rarity.Length ]
        pairs |> Csr.mapValues (fun _ label _ -> rarity[label])

    /// The same of labels that have this rarity [L] in every row.
    let withRarity (rarity: float32[]) (lists: CandidateScores) : CandidateScores =
        { lists with
            Rarity = rarityOn lists.Local rarity
        }

    /// Lists of scorers that all learned from the same rows, in which the labels have this rarity [L]. Checks that there is a scorer and that every matrix lists the same pairs;
    /// ArgumentException otherwise.
    let create (rarity: float32[]) (margins: CsrMatrix[]) (local: CsrMatrix) : CandidateScores =
        if margins.Length = 0 then
            invalidArg (nameof margins) "expected the margins of at least one scorer, received none"

        margins
        |> Array.iteri (fun s m ->
            if not (samePairs m local) then
                invalidArg
                    (nameof margins)
                    $"scorer {s}: expected the {local.NonZeros} pairs of the local signal [{local.Rows}, {local.Columns}], received {m.NonZeros} pairs of [{m.Rows}, {m.Columns}] or others")

        {
            Margins = margins
            Local = local
            Rarity = rarityOn local rarity
        }

    /// One scorer without signals.
    let ofScores (Scores margins) : CandidateScores =
        create (Array.zeroCreate margins.Columns) [| margins |] (Csr.mapValues (fun _ _ _ -> 0f) margins)

    /// The mean of the scorers' margins on the same pairs.
    let average (lists: CandidateScores) : Scores =
        let first = lists.Margins[0]

        let values =
            Array.init first.NonZeros (fun at ->
                float32 (
                    (lists.Margins |> Array.sumBy (fun m -> float m.Values[at]))
                    / float lists.Margins.Length
                ))

        Scores(CsrMatrix.Trusted(first.Rows, first.Columns, first.RowStart, first.Indices, values))

    /// The chosen rows of every matrix.
    let selectRows (chosen: int[]) (lists: CandidateScores) : CandidateScores =
        {
            Margins = lists.Margins |> Array.map (Csr.selectRows chosen)
            Local = Csr.selectRows chosen lists.Local
            Rarity = Csr.selectRows chosen lists.Rarity
        }

    /// The rows of a, then the rows of b, of as many scorers.
    let append (a: CandidateScores) (b: CandidateScores) : CandidateScores =
        {
            Margins = Array.map2 Csr.append a.Margins b.Margins
            Local = Csr.append a.Local b.Local
            Rarity = Csr.append a.Rarity b.Rarity
        }
