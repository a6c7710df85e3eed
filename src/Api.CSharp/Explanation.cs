namespace Limen;

/// <summary>A prediction with the training rows behind its local signal.</summary>
/// <param name="Prediction">What is predicted, each threshold part by part.</param>
/// <param name="Neighbours">The training rows that voted, the heaviest first; none without a local signal.</param>
public sealed record Explanation(Prediction Prediction, IReadOnlyList<Neighbour> Neighbours);
