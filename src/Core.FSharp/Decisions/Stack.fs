namespace Limen.Core

open System
open Limen.Kernels

/// How much one kind of evidence counts: the slope of a label of rarity r is (1 - r) Common + r Rare.
[<Struct>]
type RaritySlope = { Common: float; Rare: float }

/// One small logistic model over candidate pairs: the fused logit of label l in row x, with r_l its rarity (IDF / max
/// IDF, in [0, 1]), is the sum over x_t of ((1 - r_l) Common_t + r_l Rare_t) x_t, where x_t are the scorers' margins, the local signal
/// KNN, ln(KNN + 0.02), and 1. The slopes of margins are at least 0.001: raising a margin never lowers the score.
type Stack =
    {
        /// One for each scorer.
        Margins: RaritySlope[]
        Local: RaritySlope
        LogLocal: RaritySlope
        Intercept: RaritySlope
        /// Added to the sum.
        Trees: FusionTrees
    }

/// The parts whose sum is the score of a pair.
type StackParts =
    {
        /// What one unit of each scorer's margin gives.
        Slopes: float[]
        /// Of each scorer's margin.
        Margins: float[]
        /// Of the local signal, against none.
        Local: float
        /// Of the label's rarity, against a label of rarity 0.
        Rarity: float
        /// What is left: the same for all labels.
        Rest: float
    }

[<RequireQualifiedAccess>]
module StackParts =

    /// The score: float32 of the parts' sum, in this order.
    let score (p: StackParts) : float32 =
        float32 (Array.sum p.Margins + p.Local + p.Rarity + p.Rest)

[<RequireQualifiedAccess>]
module RaritySlope =

    /// The slope of a label of this rarity.
    let at (rarity: float) (slope: RaritySlope) : float =
        (1.0 - rarity) * slope.Common + rarity * slope.Rare
