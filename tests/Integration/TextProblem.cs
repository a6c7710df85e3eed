namespace Limen.Integration;

/// <summary>A small problem that can be learned: each label has words of its own; a text carries one to three labels and noise.</summary>
internal static class TextProblem
{
    private static readonly string[] Subjects = ["file", "stream", "socket", "thread", "string", "date", "key", "type"];

    private static readonly string[] Verbs = ["opens", "closes", "reads", "writes", "parses"];

    public static readonly MultiLabelDataset Train = Dataset(240, 1);

    public static readonly MultiLabelDataset Validation = Dataset(80, 2);

    public static readonly MultiLabelDataset Test = Dataset(60, 3);

    /// <summary>Small and quick settings, for validation rows that decide alone.</summary>
    public static readonly AdaptiveThresholdModelBuilder Builder = AdaptiveThresholdModel
        .Builder()
        .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 5))
        .WithScorers(Perceptron())
        .WithVectoriser(new() { LongestTerm = 2, MinDocumentFrequency = 2 })
        .WithValidationOnly();

    private static readonly Lazy<AdaptiveThresholdModel> Fitted = new(() => Builder.Fit(Train, Validation));

    /// <summary>Fitted once, shared by the tests that only look.</summary>
    public static AdaptiveThresholdModel Model => Fitted.Value;

    /// <summary>A small perceptron, changed as the caller likes.</summary>
    public static Scorer Perceptron(Action<PerceptronOptions>? change = null)
    {
        var options = new PerceptronOptions { HiddenLayers = [12], Dropout = 0.1, Epochs = 6, BatchSize = 16, LearningRate = 0.01, Patience = 3 };
        change?.Invoke(options);
        return Scorers.Perceptron(options);
    }

    public static string[] Texts(MultiLabelDataset rows) => [.. Enumerable.Range(0, rows.Count).Select(row => rows.TextOf(row)!)];

    public static MultiLabelDataset Dataset(int rows, int seed) => MultiLabelDataset.FromTexts(Rows(rows, seed));

    public static (string Text, IReadOnlyList<string> Labels)[] Rows(int rows, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Row(random))];
    }

    private static (string Text, IReadOnlyList<string> Labels) Row(Random random)
    {
        // the first labels are the frequent ones
        int[] labels = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Math.Min(random.Next(8), random.Next(10))).Distinct()];
        var words = labels.SelectMany(l => new[] { Verbs[random.Next(Verbs.Length)], $"the {Subjects[l]}", $"{Subjects[l]}{random.Next(2)}" });
        return (string.Join(' ', words.Append($"noise{random.Next(20)}")), (string[])[.. labels.Select(l => Subjects[l])]);
    }
}
