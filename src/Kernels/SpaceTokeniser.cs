namespace Limen.Kernels;

/// <summary>What stands between white space, folded (Unicode), punctuation with it.</summary>
public sealed class SpaceTokeniser : Tokeniser
{
    private char[] buffer = new char[64];
    private int length;
    private string text = "";
    private int at;

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Current => buffer.AsSpan(0, length);

    /// <inheritdoc/>
    public override void Start(string text) => (this.text, at) = (text ?? throw new ArgumentNullException(nameof(text)), 0);

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        var first = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
        length = Unicode.FoldInto(text.AsSpan(first..at), ref buffer);
        return at > first;
    }
}
