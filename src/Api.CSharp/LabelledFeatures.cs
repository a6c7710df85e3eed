namespace Limen;

/// <summary>A row of sparse features with the names of its labels.</summary>
/// <param name="Features">The features in any order, each at most once; the others are 0.</param>
/// <param name="Labels">The names; their order means nothing, and none at all is allowed.</param>
public sealed record LabelledFeatures(IReadOnlyList<Feature> Features, IReadOnlyList<string> Labels);
