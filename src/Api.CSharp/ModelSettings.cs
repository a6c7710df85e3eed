using System.Text.Json;

namespace Limen;

/// <summary>
/// How a model is fitted, as a file says it and the command line: options by the names that they have in C#, <c>"focal(gamma=2)"</c>; what is null is as in
/// <see cref="Presets.Strong"/>. <c>limen train</c> writes one beside every model.
/// </summary>
/// <example><code>
/// var settings = new ModelSettings { Objective = "macroF1", Network = "epochs=20, loss=focal(gamma=2)", Seed = 2 };
/// settings.Save("settings.json");
/// var model = ModelSettings.Load("settings.json").Builder().Fit(train, validation);
/// </code></example>
public sealed partial record ModelSettings
{
    /// <summary>What the decision is fitted for, a function of <see cref="Objectives"/>: "microF1", "macroPlusMicro(weight=1)".</summary>
    public string? Objective { get; init; }

    /// <summary>How scores become label sets, a function of <see cref="Decisions"/>: "fused", "sCut", "rCut(k=5)".</summary>
    public string? Decision { get; init; }

    /// <summary>At least so many labels for each row.</summary>
    public int? AtLeast { get; init; }

    /// <summary>At most so many labels for each row.</summary>
    public int? AtMost { get; init; }

    /// <summary>No label but these.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>None of these labels.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>Sets of labels of which each row has at most one.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Exclusive { get; init; }

    /// <summary>Thresholds of labels in log-odds, known beforehand.</summary>
    public IReadOnlyDictionary<string, double>? Thresholds { get; init; }

    /// <summary>True: one score by the mean of the scorers' margins, as <see cref="AdaptiveThresholdModelBuilder.WithAveragedScores"/>.</summary>
    public bool? AveragedScores { get; init; }

    /// <summary>True: one score by the logistic model and trees, as <see cref="AdaptiveThresholdModelBuilder.WithBoostedScores"/>.</summary>
    public bool? BoostedScores { get; init; }

    /// <summary>How scores become probabilities, a function of <see cref="Calibrations"/>: "platt(eachLabel=20)".</summary>
    public string? Calibration { get; init; }

    /// <summary>The rows that decide: "crossFit(folds=5)", "holdOut(share=0.1)", "validationOnly" or "validationThenAll".</summary>
    public string? DecisionRows { get; init; }

    /// <summary>Functions of <see cref="Limen.Signals"/>; none for static thresholds. Sums are weighted: "0.7 featureKnn(k=30) + 0.3 tfIdf".</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>Functions of <see cref="Limen.Scorers"/>: "perceptron(epochs=20)", "ensemble(scorer=perceptron, members=4)", "linear(c=0.5)".</summary>
    public IReadOnlyList<string>? Scorers { get; init; }

    /// <summary>Scorers of each view after the first, and of each block of rows beside the first.</summary>
    public IReadOnlyList<string>? ViewScorers { get; init; }

    /// <summary>
    /// Values of the networks of <see cref="Presets.Strong"/>, by the names of <see cref="PerceptronOptions"/>: "epochs=20, hiddenLayers=[256], loss=focal". Where
    /// scorers are given, each has its own.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>True: labels are read by their names, as <see cref="AdaptiveThresholdModelBuilder.WithLabelNames"/>.</summary>
    public bool? LabelNames { get; init; }

    /// <summary>Labels that each scorer proposes for a row.</summary>
    public int? Candidates { get; init; }

    /// <summary>The views of texts, each by the names of <see cref="VectoriserOptions"/>: "longestTerm=1", "tokens=characters(3, 5), maxFeatures=100000".</summary>
    public IReadOnlyList<string>? Views { get; init; }

    /// <summary>Values that all views share, those of <see cref="Presets.Strong"/> or those given: "minDocumentFrequency=1".</summary>
    public string? Vectoriser { get; init; }

    /// <summary>What the numbers of feature rows are, one of <see cref="FeatureKind"/>: "measurements".</summary>
    public string? Features { get; init; }

    /// <summary>Determines all that is random.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// The same settings with one of them set by name: "objective", "candidates", a value of the networks or of the vectoriser, "network.epochs",
    /// "vectoriser.minDocumentFrequency"; in the place of what it was.
    /// </summary>
    /// <param name="name">Which.</param>
    /// <param name="value">As a settings file has it; of a list its items, separated by ";", or a JSON list.</param>
    /// <exception cref="ModelConfigurationException">There is no such setting, or the value is none of its own.</exception>
    /// <example><code>settings.With("network.learningRate", "0.001").With("signals", "idf; featureKnn(k=50)")</code></example>
    public ModelSettings With(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (name.Split('.') is [var whole, var part])
        {
            Expression.Parse(name, value);
            return whole.ToLowerInvariant() switch
            {
                "network" => this with { Network = Joined(Network, part, value) },
                "vectoriser" => this with { Vectoriser = Joined(Vectoriser, part, value) },
                _ => throw new ModelConfigurationException([$"{name}: expected a part of network or vectoriser, received one of {whole}"]),
            };
        }
        var document = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        var property =
            typeof(ModelSettings).GetProperties().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ModelConfigurationException([$"expected a setting, one of {string.Join(", ", Names)}, received \"{name}\""]);
        document[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = Node(name, value, property.PropertyType);
        return Parse(name, document.ToJsonString());
    }

    /// <summary>The names of the settings.</summary>
    internal static IEnumerable<string> Names => typeof(ModelSettings).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name));

    private static System.Text.Json.Nodes.JsonNode? Node(string name, string value, Type type)
    {
        if (type == typeof(string)) return value;
        if (type == typeof(IReadOnlyList<string>) && !value.StartsWith('['))
            return JsonSerializer.SerializeToNode(value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        try
        {
            return System.Text.Json.Nodes.JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            throw new ModelConfigurationException([$"{name}: expected a number, true or false, or JSON, received \"{value}\""]);
        }
    }

    /// <summary>The values with one more, or another, of a name.</summary>
    private static string Joined(string? values, string name, string value)
    {
        var others = values is null
            ? []
            : Expression.ParseValues("values", values).Where(v => !name.Equals(v.Name, StringComparison.OrdinalIgnoreCase));
        return string.Join(", ", [.. others.Select(v => $"{v.Name}={v.Value}"), $"{name}={value}"]);
    }
}
