namespace Limen;

/// <summary>How a term's weight grows with its count tf in a row.</summary>
public enum TermFrequency
{
    /// <summary>1 + ln tf.</summary>
    Sublinear,

    /// <summary>tf.</summary>
    Raw,
}
