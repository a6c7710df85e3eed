namespace Limen;

/// <summary>What the numbers of another model are.</summary>
public enum ScoreScale
{
    /// <summary>
    /// Log-odds, or any other scores without bounds (margins of a support vector machine): taken as they are.
    /// </summary>
    Logits,

    /// <summary>
    /// Probabilities in [0, 1]: taken to log-odds, those within 1e-9 of 0 and 1 as if they were that far away.
    /// </summary>
    Probabilities,
}
