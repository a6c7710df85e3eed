namespace Limen;

/// <summary>A label set that a row may have.</summary>
/// <param name="Labels">The names; none at all is a set too.</param>
/// <param name="PValue">The share of calibration rows whose own label sets fit them no better, in (0, 1].</param>
public sealed record PossibleLabelSet(IReadOnlyList<string> Labels, double PValue);
