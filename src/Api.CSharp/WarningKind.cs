namespace Limen;

/// <summary>The signs that a model fails.</summary>
public enum WarningKind
{
    /// <summary>Hardly a label is predicted; the message names the largest part of the thresholds.</summary>
    ThresholdsTooHigh,

    /// <summary>The neighbours say nothing for most rows.</summary>
    NeighboursSilent,

    /// <summary>Labels with ten or more training rows that no row was given.</summary>
    NeverPredicted,

    /// <summary>Labels given to most rows though few training rows carry them.</summary>
    PredictedEverywhere,

    /// <summary>A scorer was best after its first epoch.</summary>
    StoppedAtOnce,
}
