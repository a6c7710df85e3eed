namespace Limen.Cli

open Limen.Core
open Limen.Kernels

/// What defaults are chosen by: validation rows, of which each half is decided by what the other half taught.
[<RequireQualifiedAccess>]
module HeldOut =

    let private parts = 2

    /// What a decision may know of the rows that a model was fitted on.
    let context (seed: Seed) (model: Model) : DecisionContext =
        {
            Support = model.Support
            Rows = model.Rows
            Idf = model.Idf
            Seed = seed
        }

    /// Measures of a decision on held-out rows, cross-fitted: macro-F1 A, micro-F1, P@1 and nDCG@5, their names marked as held out.
    let measures
        (o: DecisionOptions)
        (context: DecisionContext)
        (labels: CsrMatrix)
        (lists: ScoreLists)
        : (string * float) list =
        let order = Seed.permutation labels.Rows (Seed.derive "halves" 0 context.Seed)
        let partOf = Array.zeroCreate labels.Rows
        order |> Array.iteri (fun place row -> partOf[row] <- place % parts)

        let decided part =
            let inside, outside = Folds.split part partOf

            let decision =
                Decision.fit o context (ScoreLists.selectRows outside lists) (Csr.selectRows outside labels)

            let scores =
                ScoreLists.selectRows inside lists |> Decision.scores context.Idf decision

            Csr.selectRows inside labels, scores, Decision.decide decision scores

        let truth, scores, predicted =
            [ 0 .. parts - 1 ]
            |> List.map decided
            |> List.reduce (fun (t, s, p) (t', s', p') -> Csr.append t t', Csr.append s s', Csr.append p p')

        let m = Evaluation.measure truth scores predicted

        [
            "held_out_macro_f1_a", m.MacroF1A
            "held_out_micro_f1", m.MicroF1
            "held_out_p_at_1", m.PrecisionAt1
            "held_out_ndcg_at_5", m.NdcgAt5
        ]
