namespace Limen.Experiments

open Limen.Core

/// What defaults are chosen by: validation rows, cut in two halves several times, each decided by what the other half taught.
[<RequireQualifiedAccess>]
module HeldOut =

    let private cuts = 3

    /// What a decision may know of the rows that a model was fitted on.
    let context (seed: Seed) (model: Model) : DecisionContext =
        {
            Labels = model.Labels
            Counts = model.Counts
            Rarity = model.Ranker.Rarity
            Scorings = 1
            Seed = seed
        }

    /// Measures of a decision on held-out rows, the mean over halves: macro-F1 A, micro-F1, P@1 and nDCG@5, their names marked as
    /// held out. Halves are measured one by one: a half lacks exactly the positives that the other holds, which flatters thresholds
    /// of both where they are measured together.
    let measures
        (o: DecisionOptions)
        (context: DecisionContext)
        (lists: CandidateScores)
        (LabelSets labels)
        : (string * float) list =
        let ofHalf (half: int, halfOf: int[]) =
            let inside, outside = Folds.split half halfOf

            let decision =
                FittedDecision.fit
                    o
                    context
                    None
                    (CandidateScores.selectRows outside lists)
                    (LabelSets(Csr.selectRows outside labels))

            let scores =
                CandidateScores.selectRows inside lists |> FittedDecision.scores decision

            Evaluation.decided decision None scores (LabelSets(Csr.selectRows inside labels))

        let found =
            [
                for cut in 1..cuts do
                    let order = Seed.permutation labels.Rows (Seed.derive "halves" cut context.Seed)
                    let halfOf = Array.zeroCreate labels.Rows
                    order |> Array.iteri (fun place row -> halfOf[row] <- place % 2)

                    for half in 0..1 do
                        ofHalf (half, halfOf)
            ]

        [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1; AtK.ndcg 5 ]
        |> List.map (fun metric -> $"held_out_{metric.Name}", found |> List.averageBy (Metric.number metric))
