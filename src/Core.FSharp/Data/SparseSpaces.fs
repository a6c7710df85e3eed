namespace Limen.Core

open Limen.Kernels

/// Label sets Y [N, L], values 1: what is true, or what is predicted.
[<NoEquality; NoComparison>]
type LabelSets =
    | LabelSets of CsrMatrix

    /// The matrix [N, L].
    member y.Matrix = let (LabelSets m) = y in m

/// One score for each listed pair of a row and a label [N, L], in log-odds. A pair outside the list scores below every listed one.
[<NoEquality; NoComparison>]
type Scores =
    | Scores of CsrMatrix

    /// The matrix [N, L].
    member s.Matrix = let (Scores m) = s in m

/// A probability in [0, 1] for each listed pair [N, L]; a pair outside the list has probability 0.
[<NoEquality; NoComparison>]
type PairProbabilities =
    | PairProbabilities of CsrMatrix

    /// The matrix [N, L].
    member p.Matrix = let (PairProbabilities m) = p in m

/// What a local signal says of each listed pair, A [N, L]; a pair outside the list has 0.
[<NoEquality; NoComparison>]
type LocalValues =
    | LocalValues of CsrMatrix

    /// The matrix [N, L].
    member a.Matrix = let (LocalValues m) = a in m
