namespace Limen.Experiments

open Limen.Core

/// What one model says of the test rows [N, L], and how long it took to learn and to say it.
[<NoEquality; NoComparison>]
type Contender =
    {
        Name: string
        Sets: LabelSets
        /// The label with the highest score of each row, none where no label has a score.
        Top: LabelSets
        Seconds: float
    }

[<RequireQualifiedAccess>]
module Contender =

    /// What contenders are compared by.
    let metrics = [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1 ]

    /// The contender's words beside the truth [N, L].
    let evidence (truth: LabelSets) (c: Contender) : Evidence =
        let (LabelSets top) = c.Top

        { Evidence.ofSets c.Sets truth with
            Scores = Some(Scores top)
        }
