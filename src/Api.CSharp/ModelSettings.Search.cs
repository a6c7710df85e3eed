using Microsoft.FSharp.Collections;

namespace Limen;

public sealed partial record ModelSettings
{
    /// <summary>
    /// Tries drawn settings by cross-validation on the training rows: these settings with values of the ranges in their place. A trial decides on a held-out fifth of its rows, where
    /// <see cref="DecisionRows"/> says nothing else.
    /// </summary>
    /// <param name="train">Training rows; neither validation nor test rows, which are to judge what was chosen.</param>
    /// <param name="trials">How many settings are drawn.</param>
    /// <param name="ranges">The values of each setting, by the names of <see cref="With(string, string)"/>. Default: <see cref="SearchRanges"/>.</param>
    /// <param name="folds">Folds of the cross-validation, at least 2.</param>
    /// <param name="keep">
    /// Null: all trials on all rows. Else successive halving: all on a share of the rows, the best of them, one in so many, on as many times more rows, and so on.
    /// </param>
    /// <param name="journal">A file to which each finished trial is added; a search that ended early goes on from there.</param>
    /// <param name="seed">Of draws and folds.</param>
    /// <param name="progress">Is told which trial runs, and the share of the fits that is done.</param>
    /// <param name="cancellationToken">Ends the search; the journal has what was finished.</param>
    /// <returns>The trials in the order in which they were run: <see cref="Best"/> and <see cref="Front"/> choose among them.</returns>
    /// <exception cref="ModelConfigurationException">With every fault of the settings and ranges, or a journal of another search.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example><code>
    /// var trials = new ModelSettings().Search(train, trials: 30, keep: 3, journal: "search.jsonl");
    /// var model = new ModelSettings().With(ModelSettings.Best(trials)).Builder().Fit(train, validation);
    /// </code></example>
    public IReadOnlyList<Trial> Search(
        MultiLabelDataset train,
        int trials = 20,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? ranges = null,
        int folds = 3,
        int? keep = null,
        string? journal = null,
        int seed = 1,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        var plan = keep is { } one ? Core.SearchPlan.NewHalving(trials, one) : Core.SearchPlan.NewRandom(trials);
        return [.. SearchRows(new(plan, folds, seed.ToSeed()), ranges, train.Labelled, journal, p => progress?.Report(p), cancellationToken)];
    }

    /// <summary>What is searched where nothing else is said, for texts or for features.</summary>
    /// <param name="texts">Whether rows are texts.</param>
    /// <example><code>var ranges = new Dictionary&lt;string, IReadOnlyList&lt;string&gt;&gt;(new ModelSettings().SearchRanges(texts: true)) { ["candidates"] = ["60"] };</code></example>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> SearchRanges(bool texts)
    {
        Dictionary<string, IReadOnlyList<string>> ranges = new()
        {
            ["objective"] = ["macroF1", "macroPlusMicro(weight=0.25)", "macroPlusMicro(weight=1)", "microF1"],
            ["signals"] = ["idf; featureKnn(k=10)", "idf; featureKnn(k=30)", "idf; featureKnn(k=100)"],
            ["candidates"] = ["30", "60", "120"],
        };
        if (Scorers is null)
        {
            ranges["network.hiddenLayers"] = ["[256]", "[512]", "[1024]"];
            ranges["network.learningRate"] = ["0.001", "0.002", "0.004"];
            ranges["network.dropout"] = ["0.2", "0.4", "0.6"];
        }
        if (texts) ranges["vectoriser.minDocumentFrequency"] = ["1", "2", "5"];
        return ranges;
    }

    /// <summary>These settings with the values of a trial in their place.</summary>
    /// <param name="trial">Of a search.</param>
    public ModelSettings With(Trial trial) => Given.One(trial).Values.Aggregate(this, (settings, v) => settings.With(v.Item1, v.Item2));

    /// <summary>The trial with the best mean of macro-F1 and micro-F1 among those on the most rows.</summary>
    /// <param name="trials">Of a search, at least one.</param>
    public static Trial Best(IEnumerable<Trial> trials) => Core.Search.best(trials.ToFSharpList());

    /// <summary>The trade-off between macro-F1 and micro-F1: the trials, ascending in macro-F1, that no other beats in both.</summary>
    /// <param name="trials">Of a search.</param>
    public static IReadOnlyList<Trial> Front(IEnumerable<Trial> trials) => [.. Core.Search.front(trials.ToFSharpList())];

    internal FSharpList<Trial> SearchRows(
        Core.SearchOptions options,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? ranges,
        Core.LabelledRows rows,
        string? journal,
        Action<TrainingProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var varied = (ranges ?? SearchRanges(Core.RowsModule.tryTexts(rows.Rows) is not null)).Select(r => new Core.SearchRange(r.Key, r.Value.ToFSharpList())).ToArray();
        RequireRanges(varied.Select(range => KeyValuePair.Create(range.Setting, (IReadOnlyList<string>)range.Values)));
        Func<FSharpList<Tuple<string, string>>, Core.LabelledRows, Core.Model> fit = (values, part) =>
        {
            var settings = values.Aggregate(this, (all, v) => all.With(v.Item1, v.Item2));
            if (settings.DecisionRows is null) settings = settings with { DecisionRows = "holdOut(share=0.2)" };
            var (chosen, vectorisers, features) = settings.Builder().Chosen();
            return Core.Pipeline.fit(chosen, vectorisers.ToFSharpList(), features, part, null, FSharpValues.ToFunction<TrainingProgress>(_ => { }), cancellationToken);
        };
        return Core.Search.run(options, varied.ToFSharpList(), ToString(), journal.ToOption(), progress.ToFunction(), cancellationToken, fit.ToFunction(), rows);
    }

    /// <summary>Every value is tried before any fit: a fault after an hour helps nobody.</summary>
    internal void RequireRanges(IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> ranges)
    {
        List<string> faults = [];
        foreach (var (setting, values) in ranges)
            foreach (var value in values)
            {
                try
                {
                    var (options, vectorisers, _) = With(setting, value).Builder().Chosen();
                    faults.AddRange(Core.ModelOptionsModule.faults(options).Concat(vectorisers.SelectMany(Core.VectoriserModule.faults)));
                }
                catch (ModelConfigurationException e)
                {
                    faults.AddRange(e.Faults);
                }
            }
        if (faults.Count > 0) throw new ModelConfigurationException(faults.Distinct());
    }
}
