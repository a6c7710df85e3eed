namespace Limen.Kernels;

/// <summary>Which characters make up a token.</summary>
public enum TokenCharacters
{
    /// <summary>Letters, numbers and the underscore: the runs that the regular expression \w\w+ finds.</summary>
    Words,

    /// <summary>Letters alone.</summary>
    Letters,
}

/// <summary>
/// The tokens of a text: longest runs of two or more token characters, in lower case (invariant culture, character by
/// character). Everything else separates; so do characters beyond the basic plane.
/// </summary>
public ref struct Tokeniser
{
    private static readonly char[] Words = Table(c => char.IsLetter(c) || char.IsNumber(c) || c == '_');
    private static readonly char[] Letters = Table(char.IsLetter);

    private readonly char[] lower;
    private ReadOnlySpan<char> rest;
    private char[] buffer;
    private int length;

    /// <summary>Starts before the first token.</summary>
    public Tokeniser(ReadOnlySpan<char> text, TokenCharacters characters, char[] buffer)
    {
        lower = characters == TokenCharacters.Letters ? Letters : Words;
        rest = text;
        this.buffer = buffer;
    }

    /// <summary>The token moved to; it is overwritten by the next move.</summary>
    public readonly ReadOnlySpan<char> Current => buffer.AsSpan(0, length);

    /// <summary>Moves to the next token, false where there is none.</summary>
    public bool MoveNext()
    {
        var at = 0;
        while (true)
        {
            while (at < rest.Length && lower[rest[at]] == 0) at++;
            length = 0;
            for (; at < rest.Length && lower[rest[at]] is var c and not '\0'; at++)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
                buffer[length++] = c;
            }
            if (length >= 2 || at == rest.Length) break;
        }
        rest = rest[at..];
        return length >= 2;
    }

    /// <summary>The lower-case form of each token character, 0 for every other character.</summary>
    private static char[] Table(Func<char, bool> belongs)
    {
        var table = new char[char.MaxValue + 1];
        for (var c = 0; c < table.Length; c++)
            if (belongs((char)c)) table[c] = char.ToLowerInvariant((char)c);
        return table;
    }
}
