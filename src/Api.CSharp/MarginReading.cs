namespace Limen;

/// <summary>The two readings of the margin loss of arXiv 2505.03118; m = z - theta, y the target, 0 or 1.</summary>
public enum MarginReading
{
    /// <summary>max(0, Delta - |m|): scores keep away from the threshold on either side.</summary>
    Symmetric,

    /// <summary>max(0, Delta - (2y - 1) m): scores are on the right side.</summary>
    Ranking,
}
