namespace Limen.Core

open Limen.Kernels

/// What metrics look at: the truth of some rows and, as far as a model gave them, its label sets, scores and probabilities, all
/// [N, L]; and how much each row counts.
[<ReferenceEquality>]
type Evidence =
    {
        Predicted: LabelSets option
        Scores: Scores option
        Probabilities: PairProbabilities option
        /// 1 / p_l [L] of propensity-scored metrics (see Propensity).
        InversePropensities: float[] option
        /// [N], finite and at least 0. None: 1 each.
        Weights: float32[] option
        Truth: LabelSets
    }

    /// N, the number of rows.
    member e.Rows = e.Truth.Matrix.Rows

[<RequireQualifiedAccess>]
module Evidence =

    /// The truth alone.
    let ofTruth (truth: LabelSets) : Evidence =
        {
            Predicted = None
            Scores = None
            Probabilities = None
            InversePropensities = None
            Weights = None
            Truth = truth
        }

    /// Predicted label sets and the truth.
    let ofSets (predicted: LabelSets) (truth: LabelSets) : Evidence =
        { ofTruth truth with
            Predicted = Some predicted
        }

    /// Scores and the truth.
    let ofScores (scores: Scores) (truth: LabelSets) : Evidence =
        { ofTruth truth with
            Scores = Some scores
        }

    /// Probabilities and the truth.
    let ofProbabilities (probabilities: PairProbabilities) (truth: LabelSets) : Evidence =
        { ofTruth truth with
            Probabilities = Some probabilities
        }

    let private map (matrix: CsrMatrix -> CsrMatrix) (weights: float32[] -> float32[]) (e: Evidence) =
        { e with
            Predicted = e.Predicted |> Option.map (fun (LabelSets m) -> LabelSets(matrix m))
            Scores = e.Scores |> Option.map (fun (Scores m) -> Scores(matrix m))
            Probabilities =
                e.Probabilities
                |> Option.map (fun (PairProbabilities m) -> PairProbabilities(matrix m))
            Weights = e.Weights |> Option.map weights
            Truth = LabelSets(matrix e.Truth.Matrix)
        }

    /// The chosen rows, in the order given (a row may be chosen twice).
    let selectRows (chosen: int[]) (e: Evidence) : Evidence =
        map (Csr.selectRows chosen) (fun w -> chosen |> Array.map (Array.get w)) e

    /// The rows that count: those of a weight above 0. ArgumentException where there are not N weights, or one is not finite or
    /// below 0.
    let counted (e: Evidence) : Evidence =
        match e.Weights with
        | None -> e
        | Some weights ->
            RowWeights.require e.Rows weights

            if Array.contains 0f weights then
                selectRows
                    [|
                        for row in 0 .. e.Rows - 1 do
                            if weights[row] > 0f then
                                row
                    |]
                    e
            else
                e

    /// The mean over rows of a value of each, by weight; 0 without rows.
    let internal meanOverRows (weights: float32[] option) (rows: int) (value: int -> float) : float =
        let mutable sum = 0.0
        let mutable total = 0.0

        for row in 0 .. rows - 1 do
            let w = RowWeights.at row weights
            sum <- sum + w * value row
            total <- total + w

        if total > 0.0 then sum / total else 0.0
