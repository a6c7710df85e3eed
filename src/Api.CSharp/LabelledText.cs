namespace Limen;

/// <summary>A row of text with the names of its labels.</summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">The names; their order means nothing, and none at all is allowed.</param>
public sealed record LabelledText(string Text, IReadOnlyList<string> Labels);
