using System.Text;

namespace Limen.Kernels;

/// <summary>
/// Tokens by a function, as they are but for three things that a term cannot hold: spaces become U+2423 and halves of surrogate pairs U+FFFD, and empty tokens are
/// passed over. Throws ArgumentException where the function gives null.
/// </summary>
public sealed class OwnTokeniser(Func<string, IEnumerable<string>> cut) : Tokeniser
{
    private readonly Func<string, IEnumerable<string>> function = cut ?? throw new ArgumentNullException(nameof(cut));
    private IEnumerator<string> tokens = Enumerable.Empty<string>().GetEnumerator();
    private string current = "";

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Current => current;

    /// <inheritdoc/>
    public override void Start(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        tokens.Dispose();
        tokens = (function(text) ?? throw Null()).GetEnumerator();
    }

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        while (tokens.MoveNext())
        {
            current = Clean(tokens.Current ?? throw Null());
            if (current.Length > 0) return true;
        }
        return false;
    }

    private static string Clean(string token)
    {
        if (!token.AsSpan().Contains(' ') && !token.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return token;
        var whole = new StringBuilder(token.Length);
        foreach (var rune in token.EnumerateRunes()) whole.Append(rune.Value == ' ' ? Space.ToString() : rune.ToString());
        return whole.ToString();
    }

    private static ArgumentException Null() => new("expected tokens, the tokeniser gave null");
}
