namespace Limen;

/// <summary>What is predicted for a row, with the reasons.</summary>
public sealed class Prediction
{
    internal Prediction(Core.LabelSpace labels, IEnumerable<Core.PairExplanation> pairs)
    {
        Candidates =
        [
            .. pairs.Select(p => new Candidate(
                labels.Name(p.Label),
                p.Score,
                p.Threshold,
                p.Global,
                p.Local,
                p.Bias,
                p.Correction,
                p.Probability,
                p.Predicted
            )),
        ];
        Labels = [.. Candidates.Where(c => c.IsPredicted).Select(c => c.Label)];
    }

    /// <summary>The predicted labels, the surest first.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Every label that was weighed, the farthest above its threshold first; all others are far below.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>The predicted labels.</summary>
    public override string ToString() => string.Join(", ", Labels);
}
