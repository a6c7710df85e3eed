namespace Limen.Kernels;

/// <summary>Cuts texts into tokens, one text after the other. Not for several threads at once: each has its own.</summary>
public abstract class Tokeniser
{
    /// <summary>What stands within a token in the place of a space, which parts the tokens of a term.</summary>
    public const char Space = '\u2423';

    /// <summary>The token moved to; it is overwritten by the next move.</summary>
    public abstract ReadOnlySpan<char> Current { get; }

    /// <summary>Whether the token is a term of its own, of which no longer ones are made.</summary>
    public virtual bool StandsAlone => false;

    /// <summary>Starts before the first token of a text.</summary>
    public abstract void Start(string text);

    /// <summary>Moves to the next token, false where there is none.</summary>
    public abstract bool MoveNext();
}
