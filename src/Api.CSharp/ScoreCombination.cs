namespace Limen;

/// <summary>How scorers and signals become one score per row and label.</summary>
public enum ScoreCombination
{
    /// <summary>
    /// One small logistic model over the scorers' margins, the local signal and rarity, fitted on held-out rows.
    /// </summary>
    Stacked,

    /// <summary>The mean of the scorers' margins.</summary>
    Average,
}
