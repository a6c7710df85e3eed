namespace Limen;

/// <summary>How the rarity of a label becomes a number; N training rows, n of them with the label.</summary>
public enum IdfSmoothing
{
    /// <summary>ln((N + 1) / (n + 1)).</summary>
    AddOne,

    /// <summary>ln(N / n); a label without rows counts as one with a single row.</summary>
    None,

    /// <summary>ln((N + 1) / (n + 1)) / ln(N + 1), in [0, 1].</summary>
    Normalised,
}
