namespace Limen;

/// <summary>What errors on a label cost.</summary>
/// <param name="FalsePositive">A label that is predicted and not true; at least 0.</param>
/// <param name="FalseNegative">A label that is true and not predicted; at least 0, and not both 0.</param>
public readonly record struct LabelCost(double FalsePositive, double FalseNegative);
