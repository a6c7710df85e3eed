using System.Text.Json;

namespace Limen.Kernels;

/// <summary>Strings of JSON that may hold half a surrogate pair, as "\ud83d" alone: Unicode has no character for it, UTF-8 no bytes.</summary>
internal static class JsonText
{
    /// <summary>The string at the reader; each lone half of a pair is U+FFFD and counted. Throws InvalidOperationException for bytes that are no UTF-8.</summary>
    public static string Get(ref Utf8JsonReader reader, ref int replaced)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException) when (reader.ValueIsEscaped)
        {
            var text = reader.ValueSpan.ToArray();
            var lone = Mend(text);
            if (lone == 0) throw;
            replaced += lone;
            var again = new Utf8JsonReader((byte[])[(byte)'"', .. text, (byte)'"']);
            again.Read();
            return again.GetString()!;
        }
    }

    /// <summary>Writes \ufffd over every escape of a lone surrogate; how many there were.</summary>
    private static int Mend(Span<byte> text)
    {
        var lone = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\') continue;
            if (text[at + 1] == 'u' && Half(text[at..]) is { } high)
            {
                if (high && Half(text[(at + 6)..]) is false)
                {
                    at += 11;
                    continue;
                }
                "\\ufffd"u8.CopyTo(text[at..]);
                lone++;
            }
            at++;
        }
        return lone;
    }

    /// <summary>Whether the escape that begins here is a high surrogate, false for a low one, null for anything else.</summary>
    private static bool? Half(ReadOnlySpan<byte> escape) =>
        escape is [(byte)'\\', (byte)'u', var d, var second, _, _, ..] && (d | 32) == 'd'
            ? (second | 32) switch
            {
                '8' | 32 or '9' | 32 or 'a' or 'b' => true,
                'c' or 'd' or 'e' or 'f' => false,
                _ => null,
            }
            : null;
}
