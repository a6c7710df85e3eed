namespace Limen;

/// <summary>How far a label set is from the probabilities p of a row: the sum over labels of |p - y|^q.</summary>
public enum ConformalNorm
{
    /// <summary>q = 1.</summary>
    L1,

    /// <summary>q = 2.</summary>
    L2,
}
