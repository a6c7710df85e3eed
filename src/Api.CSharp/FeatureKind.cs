namespace Limen;

/// <summary>What the values of sparse features are.</summary>
public enum FeatureKind
{
    /// <summary>Values that the model takes as they are.</summary>
    Values,

    /// <summary>
    /// Term counts, weighted by TF-IDF that is fitted on the training rows; each row then has Euclidean norm 1.
    /// </summary>
    TermCounts,

    /// <summary>Measurements on scales of their own, standardised by the training rows.</summary>
    Measurements,
}
