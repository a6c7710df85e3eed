namespace Limen;

/// <summary>The stages of fitting, in their order.</summary>
public enum TrainingStage
{
    /// <summary>The signals are fitted: the nearest training rows of every row are looked up.</summary>
    Signals,

    /// <summary>A scorer is trained.</summary>
    Scorer,

    /// <summary>The decision is fitted on held-out rows.</summary>
    Decision,
}
