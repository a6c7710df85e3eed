using System.Text.Json;

namespace Limen.Kernels;

/// <summary>The rows of a block of JSON lines.</summary>
/// <param name="Texts">The "text" of each row.</param>
/// <param name="Labels">The "labels" of each row.</param>
/// <param name="Weights">The "weight" of each row, 1 where it has none.</param>
/// <param name="Weighted">Whether any row has a weight.</param>
/// <param name="Fault">What stopped the parser; null where every line was read.</param>
public sealed record JsonLinesBlock(
    IReadOnlyList<string> Texts,
    IReadOnlyList<string[]> Labels,
    IReadOnlyList<float> Weights,
    bool Weighted,
    ParseFault? Fault);

/// <summary>
/// One JSON object a line, with "text" (a string), "labels" (an array of strings, each once) and, if it likes, "weight" (a finite number of at
/// least 0); other fields are passed over.
/// </summary>
public static class JsonLinesParser
{
    /// <summary>Reads a block of whole lines in UTF-8. Stops at the first line that is not as it should be.</summary>
    public static JsonLinesBlock Parse(ReadOnlySpan<byte> lines)
    {
        var texts = new List<string>();
        var labels = new List<string[]>();
        var weights = new List<float>();
        var weighted = false;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        ParseFault? fault = null;
        for (var line = 0; !lines.IsEmpty; line++)
        {
            var end = lines.IndexOf((byte)'\n');
            var json = end < 0 ? lines : lines[..end];
            lines = end < 0 ? [] : lines[(end + 1)..];
            var row = new Fields();
            if (Row(json, names, ref row) is var (column, expected))
            {
                fault = new ParseFault(line, column + 1, expected, ParseFault.Quote(json[Math.Min(column, json.Length)..]));
                break;
            }
            texts.Add(row.Text!);
            labels.Add(row.Labels!);
            weights.Add(row.Weight ?? 1);
            weighted |= row.Weight is not null;
        }
        return new(texts, labels, weights, weighted, fault);
    }

    private readonly record struct Stop(int Column, string Expected);

    private struct Fields
    {
        public string? Text;
        public string[]? Labels;
        public float? Weight;
    }

    private static Stop? Row(ReadOnlySpan<byte> json, Dictionary<string, string> names, ref Fields row)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (json.Trim(" \t\r"u8).IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new((int)reader.TokenStartIndex, "a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                if (Field(ref reader, names, ref row) is { } stop) return stop;
            var close = (int)reader.TokenStartIndex;
            reader.Read();
            if (row.Text is null) return new(close, "a field \"text\"");
            if (row.Labels is null) return new(close, "a field \"labels\"");
            return null;
        }
        catch (JsonException e)
        {
            return new((int)(e.BytePositionInLine ?? 0), "valid JSON");
        }
        catch (InvalidOperationException)
        {
            return At(reader, "valid UTF-8");
        }
    }

    private static Stop? Field(ref Utf8JsonReader reader, Dictionary<string, string> names, ref Fields row)
    {
        var name = (int)reader.TokenStartIndex;
        if (reader.ValueTextEquals("text"u8))
        {
            if (row.Text is not null) return new(name, "\"text\" once");
            if (!reader.Read() || reader.TokenType != JsonTokenType.String) return At(reader, "a string as \"text\"");
            row.Text = reader.GetString();
            return null;
        }
        if (reader.ValueTextEquals("labels"u8))
            return row.Labels is not null ? new(name, "\"labels\" once") : Labels(ref reader, names, out row.Labels);
        if (reader.ValueTextEquals("weight"u8))
            return row.Weight is not null ? new(name, "\"weight\" once") : Weight(ref reader, out row.Weight);
        reader.Read();
        reader.Skip();
        return null;
    }

    private static Stop? Labels(ref Utf8JsonReader reader, Dictionary<string, string> names, out string[]? labels)
    {
        labels = null;
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

    private static Stop? Weight(ref Utf8JsonReader reader, out float? weight)
    {
        weight = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetSingle(out var w) || !(float.IsFinite(w) && w >= 0))
            return At(reader, "a finite number of at least 0 as \"weight\"");
        weight = w;
        return null;
    }

    private static Stop At(Utf8JsonReader reader, string expected) => new((int)reader.TokenStartIndex, expected);
}
