namespace Limen;

/// <summary>What a token is: a longest run of two or more of these characters, in lower case.</summary>
public enum TokenRule
{
    /// <summary>Letters, numbers and underscores.</summary>
    Words,

    /// <summary>Letters alone.</summary>
    Letters,
}
