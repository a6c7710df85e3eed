namespace Limen;

/// <summary>A training row that voted on a row.</summary>
/// <param name="Row">Its number in the training rows, counted from 0 (in what was kept of them, where a share was held
/// out).</param>
/// <param name="Weight">Its share of the vote.</param>
/// <param name="Labels">Its labels among the predicted ones.</param>
public sealed record Neighbour(int Row, double Weight, IReadOnlyList<string> Labels);
