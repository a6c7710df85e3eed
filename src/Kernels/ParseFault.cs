using System.Buffers;
using System.Globalization;
using System.Text;

namespace Limen.Kernels;

/// <summary>
/// Where a parser stopped: the line within its block (from 0), the byte column (from 1), what should stand there, and
/// what does.
/// </summary>
public sealed record ParseFault(int Line, int Column, string Expected, string Found)
{
    private const int Shown = 24;

    /// <summary>
    /// The bytes up to the end of the line or of the word, as they are quoted in messages; cut after 24 bytes. What is no character, or one
    /// that a console would obey, is shown by its number.
    /// </summary>
    public static string Quote(ReadOnlySpan<byte> rest)
    {
        var word = rest[..EndOfWord(rest)];
        if (word.IsEmpty)
            return rest.IsEmpty || rest[0] is (byte)'\n' or (byte)'\r' ? "the end of the line" : "a blank";
        var text = new StringBuilder("\"");
        var at = 0;
        while (at < word.Length)
        {
            var status = Rune.DecodeFromUtf8(word[at..], out var rune, out var length);
            if (at + length > Shown) return text.Append("...\"").ToString();
            if (status == OperationStatus.Done)
                Append(text, rune);
            else
                foreach (var b in word.Slice(at, length)) text.Append($"\\x{b:X2}");
            at += length;
        }
        return text.Append('"').ToString();
    }

    /// <summary>A text for a message: characters that a console would obey, and halves of characters, are shown by their numbers.</summary>
    public static string Readable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var readable = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (Rune.TryGetRuneAt(text, at, out var rune)) Append(readable, rune);
            else readable.Append($"\\u{{{(int)text[at]:X}}}");
            at += rune.Value == 0 ? 1 : rune.Utf16SequenceLength;
        }
        return readable.ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        if (IsUnseen(rune)) text.Append($"\\u{{{rune.Value:X}}}");
        else text.Append(rune.ToString());
    }

    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static int EndOfWord(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny(" \t\r\n"u8);
        return end < 0 ? rest.Length : end;
    }
}
