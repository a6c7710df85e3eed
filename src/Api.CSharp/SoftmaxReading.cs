namespace Limen;

/// <summary>Which log-sum-exp loss over the labels of a row.</summary>
public enum SoftmaxReading
{
    /// <summary>Each positive against the negatives only (arXiv 2310.10636).</summary>
    Decoupled,

    /// <summary>Each positive against all labels.</summary>
    Coupled,

    /// <summary>Positives and negatives each against 0 (arXiv 2208.02955).</summary>
    Separated,
}
