namespace Limen.Core

/// Class-balanced weights as a global signal (Cui et al. 2019, https://arxiv.org/abs/1901.05555): n rows of a label overlap, so that they are worth an effective
/// number of rows, (1 - beta^n) / (1 - beta), and the label is as rare as its inverse, (1 - beta) / (1 - beta^n).
[<RequireQualifiedAccess>]
module EffectiveNumber =

    /// (1 - beta) / (1 - beta^n_l) [L], in (0, 1]: 1 for one row, 1 - beta for very many; a label without rows counts as one with one.
    /// beta = 0: 1 for every label; as beta nears 1: 1 / n_l.
    let ofCounts (beta: float) (counts: LabelCounts) : float32[] =
        counts.Positives
        |> Array.map (fun n -> float32 ((1.0 - beta) / (1.0 - beta ** (max 1.0 n))))

    /// The signal of inverse effective numbers; beta is at least 0 and below 1.
    let signal (beta: float) : GlobalSignalSpec =
        {
            Name = "effective-number"
            Faults =
                [
                    if not (beta >= 0.0 && beta < 1.0) then
                        $"EffectiveNumber: expected beta of at least 0 and below 1, received {beta}"
                ]
            Fit = ofCounts beta
        }

    /// In the registry.
    let entry: GlobalSignalEntry =
        {
            Door = "EffectiveNumber"
            Source = "https://arxiv.org/abs/1901.05555"
            Examples = [ signal 0.999 ]
            Faulty = [ signal 1.0; signal -0.1; signal nan ]
        }
