using System.Text.Json;

namespace Limen.Kernels;

/// <summary>The rows of a block of JSON lines.</summary>
/// <param name="Texts">The "text" of each row.</param>
/// <param name="Labels">The "labels" of each row.</param>
/// <param name="Fault">What stopped the parser; null where every line was read.</param>
public sealed record JsonLinesBlock(IReadOnlyList<string> Texts, IReadOnlyList<string[]> Labels, ParseFault? Fault);

/// <summary>
/// One JSON object a line, with "text" (a string) and "labels" (an array of strings, each once); other fields are
/// passed over.
/// </summary>
public static class JsonLinesParser
{
    /// <summary>Reads a block of whole lines in UTF-8. Stops at the first line that is not as it should be.</summary>
    public static JsonLinesBlock Parse(ReadOnlySpan<byte> lines)
    {
        var texts = new List<string>();
        var labels = new List<string[]>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var line = 0; !lines.IsEmpty; line++)
        {
            var end = lines.IndexOf((byte)'\n');
            var json = end < 0 ? lines : lines[..end];
            lines = end < 0 ? [] : lines[(end + 1)..];
            if (Row(json, names, out var text, out var set) is var (column, expected))
            {
                var found = ParseFault.Quote(json[Math.Min(column, json.Length)..]);
                return new(texts, labels, new ParseFault(line, column + 1, expected, found));
            }
            texts.Add(text);
            labels.Add(set);
        }
        return new(texts, labels, null);
    }

    private readonly record struct Stop(int Column, string Expected);

    private static Stop? Row(
        ReadOnlySpan<byte> json, Dictionary<string, string> names, out string text, out string[] labels)
    {
        text = "";
        labels = [];
        string? foundText = null;
        string[]? foundLabels = null;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (json.Trim(" \t\r"u8).IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new((int)reader.TokenStartIndex, "a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = (int)reader.TokenStartIndex;
                if (reader.ValueTextEquals("text"u8))
                {
                    if (foundText is not null) return new(name, "\"text\" once");
                    if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                        return At(reader, "a string as \"text\"");
                    foundText = reader.GetString();
                }
                else if (reader.ValueTextEquals("labels"u8))
                {
                    if (foundLabels is not null) return new(name, "\"labels\" once");
                    if (Labels(ref reader, names, out foundLabels) is { } stop) return stop;
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            var close = (int)reader.TokenStartIndex;
            reader.Read();
            if (foundText is null) return new(close, "a field \"text\"");
            if (foundLabels is null) return new(close, "a field \"labels\"");
        }
        catch (JsonException e)
        {
            return new((int)(e.BytePositionInLine ?? 0), "valid JSON");
        }
        catch (InvalidOperationException)
        {
            return At(reader, "valid UTF-8");
        }
        text = foundText;
        labels = foundLabels;
        return null;
    }

    private static Stop? Labels(ref Utf8JsonReader reader, Dictionary<string, string> names, out string[] labels)
    {
        labels = [];
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return At(reader, "an array of strings as \"labels\"");
        var set = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) return At(reader, "a string as a label");
            var name = reader.GetString()!;
            if (name.Length == 0) return At(reader, "a label that is not empty");
            if (set.Contains(name)) return At(reader, "each label of a row once");
            if (!names.TryAdd(name, name)) name = names[name];
            set.Add(name);
        }
        labels = [.. set];
        return null;
    }

    private static Stop At(Utf8JsonReader reader, string expected) => new((int)reader.TokenStartIndex, expected);
}
