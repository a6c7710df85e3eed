namespace Limen;

/// <summary>Pairs of row and label whose probability lies in a bin: at least Lower, below Upper (the last holds 1 too).</summary>
/// <param name="Lower">In [0, 1].</param>
/// <param name="Upper">In [0, 1].</param>
/// <param name="Count">How many pairs there are.</param>
/// <param name="MeanProbability">What was said of them; 0 without pairs.</param>
/// <param name="Frequency">The share of them that is true; 0 without pairs.</param>
public readonly record struct ReliabilityBin(double Lower, double Upper, long Count, double MeanProbability, double Frequency);
