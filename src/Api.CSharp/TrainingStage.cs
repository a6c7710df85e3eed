namespace Limen;

/// <summary>The stages of fitting, in their order.</summary>
public enum TrainingStage
{
    /// <summary>The nearest training rows of every row are looked up.</summary>
    Neighbours,

    /// <summary>A scorer is trained.</summary>
    Scorer,

    /// <summary>The decision is fitted on held-out rows.</summary>
    Decision,
}
