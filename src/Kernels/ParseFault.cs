namespace Limen.Kernels;

/// <summary>
/// Where a parser stopped: the line within its block (from 0), the byte column (from 1), what should stand there, and
/// what does.
/// </summary>
public sealed record ParseFault(int Line, int Column, string Expected, string Found)
{
    private const int Shown = 24;

    /// <summary>
    /// The bytes up to the end of the line or of the word, as they are quoted in messages; cut after 24 bytes.
    /// </summary>
    public static string Quote(ReadOnlySpan<byte> rest)
    {
        var word = rest[..EndOfWord(rest)];
        if (word.IsEmpty)
            return rest.IsEmpty || rest[0] is (byte)'\n' or (byte)'\r' ? "the end of the line" : "a blank";
        return word.Length <= Shown
            ? $"\"{System.Text.Encoding.UTF8.GetString(word)}\""
            : $"\"{System.Text.Encoding.UTF8.GetString(word[..Shown])}...\"";
    }

    private static int EndOfWord(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny(" \t\r\n"u8);
        return end < 0 ? rest.Length : end;
    }
}
