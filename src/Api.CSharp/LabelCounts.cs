namespace Limen;

/// <summary>What a loss may know of the training rows: how many there are, and how many have each label [L].</summary>
internal readonly record struct LabelCounts(int Rows, int[] Positives);
