namespace Limen;

/// <summary>The loss of a one-vs-rest linear scorer.</summary>
public enum LinearLoss
{
    /// <summary>max(0, 1 - y f)^2: an L2-loss support vector machine.</summary>
    SquaredHinge,

    /// <summary>ln(1 + e^(-y f)): logistic regression.</summary>
    Logistic,
}
