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
                CandidateScores.selectRows inside lists
                |> FittedDecision.scores context.Rarity decision

            Evaluation.measure scores (FittedDecision.decide decision scores) (LabelSets(Csr.selectRows inside labels))

        let found =
            [
                for cut in 1..cuts do
                    let order = Seed.permutation labels.Rows (Seed.derive "halves" cut context.Seed)
                    let halfOf = Array.zeroCreate labels.Rows
                    order |> Array.iteri (fun place row -> halfOf[row] <- place % 2)

                    for half in 0..1 do
                        ofHalf (half, halfOf)
            ]

        [
            "held_out_macro_f1_a", _.MacroF1A
            "held_out_micro_f1", _.MicroF1
            "held_out_p_at_1", _.PrecisionAt1
            "held_out_ndcg_at_5", _.NdcgAt5
        ]
        |> List.map (fun (name, measure: Measures -> float) -> name, found |> List.averageBy measure)
