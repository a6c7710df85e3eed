using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Limen;

public sealed partial record ModelSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a settings file.</summary>
    /// <param name="path">A JSON file in UTF-8.</param>
    /// <exception cref="ModelConfigurationException">
    /// It is no JSON, has a name that is no setting, or one twice, or a value that its setting cannot have; the message says what was expected.
    /// </exception>
    /// <example><code>var builder = ModelSettings.Load("settings.json").Builder();</code></example>
    public static ModelSettings Load(string path)
    {
        try
        {
            return Parse(path, Utf8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelConfigurationException([$"{path}: expected text in UTF-8, found bytes of another encoding from byte {e.Index + 1} on"]);
        }
    }

    /// <summary>Writes a settings file, with what is set.</summary>
    /// <param name="path">A JSON file.</param>
    /// <exception cref="ModelConfigurationException">A value that a file cannot have: a null in a list, a threshold that is not finite.</exception>
    /// <example><code>new ModelSettings { Objective = "microF1" }.Save("settings.json");</code></example>
    public void Save(string path)
    {
        Require(ValueFaults());
        File.WriteAllText(path, ToString() + "\n");
    }

    /// <summary>The settings as JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Json);

    private static ModelSettings Parse(string place, string json)
    {
        try
        {
            var settings =
                JsonSerializer.Deserialize<ModelSettings>(json, Json)
                ?? throw new ModelConfigurationException([$"{place}: expected settings in braces, found null"]);
            Require(settings.ValueFaults().Select(fault => $"{place}: {fault}"));
            return settings;
        }
        catch (JsonException e)
        {
            throw new ModelConfigurationException([$"{place}: {Reason(e)}"]);
        }
    }

    private static void Require(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        if (all.Length > 0) throw new ModelConfigurationException(all);
    }

    /// <summary>What is wrong with values that have the right type.</summary>
    private IEnumerable<string> ValueFaults()
    {
        (string Name, IEnumerable<object?>? Items)[] lists =
        [
            ("only", Only),
            ("without", Without),
            ("exclusive", Exclusive?.SelectMany(set => set ?? (IEnumerable<object?>)[null])),
            ("signals", Signals),
            ("scorers", Scorers),
            ("viewScorers", ViewScorers),
            ("views", Views),
        ];
        foreach (var (name, items) in lists)
            if (items?.Contains(null) is true) yield return $"{name}: expected texts, found null among them";
        foreach (var (label, threshold) in Thresholds ?? new Dictionary<string, double>())
            if (!double.IsFinite(threshold)) yield return $"thresholds: expected a finite number for \"{label}\", found {threshold}";
    }

    private static string Reason(JsonException e)
    {
        var line = $"in line {e.LineNumber + 1}";
        if (e.Message.Contains("could not be mapped")) return $"expected settings, {string.Join(", ", Names)}, found {(e.Message.Split('\'') is [_, var other, ..] ? $"\"{other}\"" : "another name")} {line}";
        if (e.Message.Contains("Duplicate")) return $"expected each name once, found one twice {line}";
        var name = (e.Path ?? "").TrimStart('$', '.').Split('.', '[')[0];
        var property = typeof(ModelSettings).GetProperties().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return property is null ? $"expected JSON settings, found {Found(e)} {line}" : $"{name}: expected {Expected(property.PropertyType)}, found {Found(e)} {line}";
    }

    private static string Found(JsonException e) => e.InnerException switch
    {
        InvalidOperationException reading when reading.Message.Contains("UTF-16") => "half a character",
        JsonException => "what is no JSON",
        _ => "something else",
    };

    private static string Expected(Type type) =>
        type == typeof(string) ? "text in quotes"
        : type == typeof(int?) ? "a whole number"
        : type == typeof(bool?) ? "true or false"
        : type == typeof(IReadOnlyList<string>) ? "a list of texts"
        : type == typeof(IReadOnlyList<IReadOnlyList<string>>) ? "a list of lists of labels"
        : "a number for each label, in braces";
}
