namespace Limen;

/// <summary>
/// A label that was weighed for a row, in log-odds: Threshold = Global + Local + Bias + Correction, and it is predicted
/// where Score is above Threshold
/// (rules that decide by rank, such as the k best labels, have no threshold of their own: there IsPredicted alone tells).
/// </summary>
/// <param name="Label">The label's name.</param>
/// <param name="Score">What the scorers say of it, before any threshold.</param>
/// <param name="Threshold">What the score must exceed.</param>
/// <param name="Global">The global signal's share: the label's rarity.</param>
/// <param name="Local">The local signal's share: the labels of the row's neighbours. Negative: they lower the
/// threshold.</param>
/// <param name="Bias">What the threshold starts from, without any signal.</param>
/// <param name="Correction">The label's own correction, learned on held-out rows.</param>
/// <param name="Probability">In [0, 1]: calibrated where the model is (<see cref="Calibrations"/>), else the sigmoid of the score
/// that the decision reads.</param>
/// <param name="IsPredicted">Whether the label is predicted.</param>
public readonly record struct Candidate(
    string Label,
    double Score,
    double Threshold,
    double Global,
    double Local,
    double Bias,
    double Correction,
    double Probability,
    bool IsPredicted
)
{
    /// <summary>Score - Threshold. Its negative is the smallest change of the score that flips the decision.</summary>
    public double Margin => Score - Threshold;
}
