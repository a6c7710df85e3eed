using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Limen.Kernels;

/// <summary>Reads JSON objects as rows, and collects them.</summary>
internal sealed class JsonRowReader(JsonFields fields)
{
    /// <summary>Where a reader stopped in an object, in bytes from 0, what it expected there, and what it found where the bytes do not say it.</summary>
    internal readonly record struct Stop(int Column, string Expected, string? Found = null);

    /// <summary>How deep brackets may stand in fields that are passed over: as deep as they like.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    private readonly TextListBuilder texts = new();
    private readonly List<JsonLabels> labels = [];
    private readonly List<float> weights = [];
    private readonly List<string?[]> others = [];
    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private bool weighted;
    private int replaced;
    private int repeated;

    // of the row that is being read
    private readonly string?[] text = new string?[fields.Texts.Count];
    private readonly bool[] labelled = new bool[fields.Labels.Count];
    private readonly List<string> names = [];
    private readonly List<int> ids = [];
    private string? list;
    private float? weight;
    private string?[] other = [];

    public JsonRows Rows(int? blank, ParseFault? fault) => new(texts.ToList(), labels, weights, weighted, others, replaced, repeated, blank, fault);

    /// <summary>Adds the row of an object; where it is none, says where it stopped.</summary>
    public Stop? Add(ReadOnlySpan<byte> json)
    {
        Clear();
        if (Row(json) is { } stop) return stop;
        texts.Add(text.Length == 1 ? text[0]! : string.Join('\n', text));
        labels.Add(new([.. names], [.. ids], list));
        weights.Add(weight ?? 1);
        others.Add(other);
        weighted |= weight is not null;
        return null;
    }

    private void Clear()
    {
        Array.Clear(text);
        Array.Clear(labelled);
        names.Clear();
        ids.Clear();
        seen.Clear();
        (list, weight) = (null, null);
        other = fields.Others.Count == 0 ? [] : new string?[fields.Others.Count];
    }

    private Stop? Row(ReadOnlySpan<byte> json)
    {
        // also in what is passed over, which the reader looks at byte by byte
        if (Utf8.IsValid(json) is false) return new(FirstInvalid(json), "valid UTF-8");
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (json.Trim(" \t\r\n"u8).IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new((int)reader.TokenStartIndex, "a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                if (Field(ref reader) is { } stop) return stop;
            var close = (int)reader.TokenStartIndex;
            reader.Read();
            if (Array.IndexOf(text, null) is >= 0 and var missing)
                return new(close, $"a field \"{fields.Texts[missing]}\", or the name of the field with the text (--text, Fields.Text)", FieldsOf(json));
            if (Array.IndexOf(labelled, false) is >= 0 and var absent)
                return new(close, $"a field \"{fields.Labels[absent]}\", or the name of the field with the labels (--labels, Fields.Labels)", FieldsOf(json));
            return null;
        }
        catch (JsonException e)
        {
            return new(Offset(json, e), "valid JSON");
        }
        catch (InvalidOperationException)
        {
            return At(reader, "valid UTF-8");
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == OperationStatus.Done) at += length;
        return at;
    }

    /// <summary>The fields of a whole object, few of many, in words.</summary>
    private static string FieldsOf(ReadOnlySpan<byte> json)
    {
        const int Few = 12;
        var names = new List<string>();
        var halves = 0;
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            names.Add($"\"{JsonText.Get(ref reader, ref halves)}\"");
            reader.Read();
            reader.Skip();
        }
        var more = names.Count > Few ? $" and {names.Count - Few} more" : "";
        return names.Count switch
        {
            0 => "no field",
            1 => $"the field {names[0]} alone",
            _ => $"the fields {string.Join(", ", names.Take(Few))}{more}",
        };
    }

    /// <summary>Bytes from the start of an object to where its JSON is broken.</summary>
    private static int Offset(ReadOnlySpan<byte> json, JsonException e)
    {
        var start = 0;
        for (var line = 0L; line < (e.LineNumber ?? 0); line++) start += json[start..].IndexOf((byte)'\n') + 1;
        return start + (int)(e.BytePositionInLine ?? 0);
    }

    private Stop? Field(ref Utf8JsonReader reader)
    {
        var name = (int)reader.TokenStartIndex;
        foreach (var (bytes, role, place) in fields.Roles)
        {
            if (!reader.ValueTextEquals(bytes)) continue;
            var twice = role switch
            {
                JsonFields.Role.Text => text[place] is not null,
                JsonFields.Role.Labels => labelled[place],
                JsonFields.Role.Weight => weight is not null,
                _ => other[place] is not null,
            };
            if (twice) return new(name, $"\"{System.Text.Encoding.UTF8.GetString(bytes)}\" once");
            reader.Read();
            return role switch
            {
                JsonFields.Role.Text => Text(ref reader, place),
                JsonFields.Role.Labels => Labels(ref reader, place),
                JsonFields.Role.Weight => Weight(ref reader),
                _ => Other(ref reader, place),
            };
        }
        reader.Read();
        reader.Skip();
        return null;
    }

    /// <summary>A string, or a list of strings, which are tokens.</summary>
    private Stop? Text(ref Utf8JsonReader reader, int place)
    {
        var expected = $"a string as \"{fields.Texts[place]}\"";
        if (reader.TokenType == JsonTokenType.String)
        {
            text[place] = JsonText.Get(ref reader, ref replaced);
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartArray) return At(reader, expected);
        var tokens = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) return At(reader, expected);
            tokens.Add(JsonText.Get(ref reader, ref replaced));
        }
        text[place] = string.Join(' ', tokens);
        return null;
    }

    private Stop? Labels(ref Utf8JsonReader reader, int place)
    {
        labelled[place] = true;
        if (fields.Flags) return Flag(ref reader, fields.Labels[place]);
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                var one = JsonText.Get(ref reader, ref replaced);
                list = list is null ? one : list + "\n" + one;
                return null;
            case JsonTokenType.Number:
                return Id(ref reader);
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    if (Label(ref reader) is { } stop) return stop;
                return null;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = JsonText.Get(ref reader, ref replaced);
                    reader.Read();
                    if (Flag(ref reader, name) is { } stop) return stop;
                }
                return null;
            default:
                return At(reader, $"a list of labels as \"{fields.Labels[place]}\"");
        }
    }

    private Stop? Label(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.String => Name(ref reader, JsonText.Get(ref reader, ref replaced)),
            JsonTokenType.Number => Id(ref reader),
            _ => At(reader, "a string or a whole number as a label"),
        };

    private Stop? Name(ref Utf8JsonReader reader, string name)
    {
        if (name.Length == 0) return At(reader, "a label that is not empty");
        if (!seen.Add(name))
        {
            repeated++;
            return null;
        }
        if (!shared.TryAdd(name, name)) name = shared[name];
        names.Add(name);
        return null;
    }

    private Stop? Id(ref Utf8JsonReader reader)
    {
        if (!reader.TryGetInt32(out var id))
        {
            if (!reader.TryGetDouble(out var number) || number != Math.Truncate(number) || Math.Abs(number) > int.MaxValue)
                return At(reader, "a string or a whole number as a label");
            id = (int)number;
        }
        ids.Add(id);
        return null;
    }

    private Stop? Flag(ref Utf8JsonReader reader, string name)
    {
        var isOne = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            JsonTokenType.Number when reader.TryGetDouble(out var number) && number is 0 or 1 => number == 1,
            _ => (bool?)null,
        };
        if (isOne is null) return At(reader, $"0 or 1 for the label \"{name}\"");
        return isOne.Value ? Name(ref reader, name) : null;
    }

    private Stop? Weight(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetSingle(out var w) || !(float.IsFinite(w) && w >= 0))
            return At(reader, $"a finite number of at least 0 as \"{fields.Weight}\"");
        weight = w;
        return null;
    }

    private Stop? Other(ref Utf8JsonReader reader, int place)
    {
        var value = reader.TokenType switch
        {
            JsonTokenType.String => JsonText.Get(ref reader, ref replaced),
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan), // as it is written: every digit counts
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Null => "",
            _ => null,
        };
        if (value is null) return At(reader, $"a string or a number as \"{fields.Others[place]}\"");
        other[place] = value;
        return null;
    }

    private static Stop At(Utf8JsonReader reader, string expected) => new((int)reader.TokenStartIndex, expected);
}
