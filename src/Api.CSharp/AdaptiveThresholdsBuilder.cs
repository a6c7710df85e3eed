namespace Limen;

/// <summary>
/// Settings of thresholds for the scores of another model; start with <see cref="AdaptiveThresholds.Builder"/>.
/// Immutable: each method gives a new builder.
/// </summary>
/// <example><code>
/// var thresholds = AdaptiveThresholds.Builder().Fit(heldOutScores, heldOutRows);
/// IReadOnlyList&lt;Prediction&gt; decided = thresholds.Decide(newScores);
/// </code></example>
public sealed class AdaptiveThresholdsBuilder
{
    private readonly Settings settings;

    internal AdaptiveThresholdsBuilder()
        : this(new Settings()) { }

    private AdaptiveThresholdsBuilder(Settings settings) => this.settings = settings;

    /// <summary>
    /// What thresholds are fused from: at most one global and one local signal. Those that look at rows need texts or
    /// features; those that
    /// read predictions take the scores for them. Default: rarity alone.
    /// </summary>
    /// <param name="signals">Of <see cref="Signals"/>.</param>
    /// <example><code>thresholds.WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))</code></example>
    public AdaptiveThresholdsBuilder WithSignals(params Signal[] signals) =>
        new(settings with { Signals = Given.All(signals) });

    /// <summary>How scores become label sets. Default: <see cref="Decisions.Fused"/>.</summary>
    /// <param name="decision">Of <see cref="Decisions"/>.</param>
    /// <example><code>thresholds.WithDecision(Decisions.PlugIn())</code></example>
    public AdaptiveThresholdsBuilder WithDecision(Decision decision) =>
        new(settings with { Decision = Given.One(decision) });

    /// <summary>What the decision is fitted for. Default: <see cref="Objectives.MacroPlusMicro"/> with its default weight.</summary>
    /// <param name="objective">Of <see cref="Objectives"/>.</param>
    /// <example><code>thresholds.WithObjective(Objectives.MicroF1())</code></example>
    public AdaptiveThresholdsBuilder WithObjective(Objective objective) =>
        new(settings with { Objective = Given.One(objective) });

    /// <summary>
    /// Leaves the scores as they are. Default: a small logistic model over score, local signal and rarity, fitted on the same rows.
    /// </summary>
    /// <example><code>thresholds.WithScoresAsGiven()</code></example>
    public AdaptiveThresholdsBuilder WithScoresAsGiven() => new(settings with { Combination = Core.ScoreCombination.Average });

    /// <summary>
    /// How scores become probabilities, fitted on the rows of the decision. Default: a probability is the sigmoid of the
    /// score. <c>AdaptiveThresholds.WithCalibration</c> calibrates on rows of their own.
    /// </summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    /// <example><code>thresholds.WithCalibration(Calibrations.Platt())</code></example>
    public AdaptiveThresholdsBuilder WithCalibration(Calibration calibration) =>
        new(settings with { Calibration = Given.One(calibration) });

    /// <summary>Determines the folds of cross-validated rules. Default: 1.</summary>
    /// <param name="seed">Any number.</param>
    public AdaptiveThresholdsBuilder WithSeed(int seed) => new(settings with { Seed = seed });

    /// <summary>How texts become features, for a local signal.</summary>
    /// <param name="options">The options.</param>
    public AdaptiveThresholdsBuilder WithVectoriser(VectoriserOptions options) =>
        new(settings with { Vectoriser = Given.One(options).Copy() });

    /// <summary>
    /// What the values of sparse features are, for a local signal. Default: <see cref="FeatureKind.Automatic"/>.
    /// </summary>
    /// <param name="kind">Which kind.</param>
    public AdaptiveThresholdsBuilder WithFeatures(FeatureKind kind) => new(settings with { Features = kind });

    /// <summary>
    /// The rows that the other model was trained on: rarity is counted in them, and a local signal learns from them.
    /// Without them the fitted
    /// rows serve, of which none reaches its own signal.
    /// </summary>
    /// <param name="rows">Texts or features with their labels, which are among the scored ones.</param>
    /// <example><code>thresholds.WithSignals(Signals.FeatureKnn()).WithTrainingRows(train)</code></example>
    public AdaptiveThresholdsBuilder WithTrainingRows(MultiLabelDataset rows) => new(settings with { Training = Given.One(rows) });

    /// <summary>
    /// Fits thresholds on rows that the other model did not learn from: held-out rows, or its training rows with scores out of
    /// fold (each row scored by a model that was trained without it). Scores of rows that it learned from look surer than
    /// those of new ones, and the thresholds would be wrong; nothing here can notice.
    /// </summary>
    /// <param name="scores">What the other model says of them.</param>
    /// <param name="labels">The ids of each row's true labels, counted from 0.</param>
    /// <exception cref="ModelConfigurationException">With every fault of the settings.</exception>
    /// <exception cref="ArgumentException">Another number of rows, or a label that the scores do not have.</exception>
    public AdaptiveThresholds Fit(ScoreLists scores, IReadOnlyList<IReadOnlyList<int>> labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return Fit(scores, SparseRows.Sets(labels, scores.Labels.Count), null);
    }

    /// <summary>
    /// Fits thresholds on rows that the other model did not learn from: held-out rows, or its training rows with scores out of
    /// fold (each row scored by a model that was trained without it). Scores of rows that it learned from look surer than
    /// those of new ones, and the thresholds would be wrong; nothing here can notice.
    /// </summary>
    /// <param name="scores">What the other model says of them.</param>
    /// <param name="rows">The same rows with their true labels, and texts or features for a local signal.</param>
    /// <exception cref="ModelConfigurationException">With every fault of the settings.</exception>
    /// <exception cref="ArgumentException">Another number of rows, or a label that the scores do not have.</exception>
    /// <example><code>var fitted = AdaptiveThresholds.Builder().Fit(scores, validation);</code></example>
    public AdaptiveThresholds Fit(ScoreLists scores, MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(rows);
        return Fit(scores, Core.LabelSpaceModule.relabel(rows.Labelled.Space, scores.Space, rows.Labelled.Truth), rows.Labelled);
    }

    private AdaptiveThresholds Fit(ScoreLists scores, Core.LabelSets truth, Core.LabelledRows? rows)
    {
        var options = settings.Options();
        var looksAtRows = options.Local.ToNull() is { } local && Core.LocalSignalSpecModule.readsFeatures(local);
        List<string> faults = [.. Core.PostHocOptionsModule.faultsFor(scores.Space, options), .. Signal.Faults(settings.Signals)];
        if (looksAtRows && rows is null)
            faults.Add("signals: the local signal looks at the rows: expected their texts or features, received labels alone");
        if (faults.Count > 0) throw new ModelConfigurationException(faults);
        return Fitted(options, scores, truth, looksAtRows ? rows?.Rows : null, rows?.Weights);
    }

    /// <summary>Fits; inputs stay out where no signal looks at them.</summary>
    private AdaptiveThresholds Fitted(
        Core.PostHocOptions options,
        ScoreLists scores,
        Core.LabelSets truth,
        Core.Rows? inputs,
        Microsoft.FSharp.Core.FSharpOption<float[]>? weights
    )
    {
        var input = inputs is null ? Core.InputSpace.NewFeatures(0) : Input(settings.Training?.Labelled.Rows ?? inputs, inputs);
        var evidence = settings.Training is null ? null : Evidence(settings.Training.Labelled, inputs is null ? null : input, scores.Space);
        var features = inputs is null ? null : Core.InputSpaceModule.apply(input, inputs);
        var scored = new Core.ExternalRows(scores.Logits, features.ToOption(), weights);
        return new(Core.PostHocThresholdsModule.fit(options, scores.Space, input, evidence.ToOption(), scored, truth));
    }

    private Core.InputSpace Input(Core.Rows source, Core.Rows rows)
    {
        var wide = Core.RowsModule.asWideAs(FSharpValues.ToFSharpList([source, rows]), source);
        return Core.InputSpaceModule.fit(FSharpValues.ToFSharpList([settings.Vectoriser]), settings.Features, wide);
    }

    /// <summary>The training rows; where no signal looks at them, their label sets take the place of features.</summary>
    private static Core.Dataset Evidence(Core.LabelledRows training, Core.InputSpace? input, Core.LabelSpace space)
    {
        var rows = Core.LabelledRowsModule.relabel(space, training);
        var sets = rows.Truth.Matrix;
        return input is null ? new(sets, sets, rows.Weights) : Core.LabelledRowsModule.dataset(input, rows);
    }

    private sealed record Settings
    {
        private static readonly Core.PostHocOptions Defaults = Core.PostHocOptionsModule.defaults;

        public IReadOnlyList<Signal> Signals { get; init; } = [Limen.Signals.Idf()];
        public Decision Decision { get; init; } = Defaults.Decision.Rule;
        public Objective Objective { get; init; } = Defaults.Decision.Objective;
        public Core.ScoreCombination Combination { get; init; } = Defaults.Decision.Combination;
        public Calibration? Calibration { get; init; }
        public VectoriserOptions Vectoriser { get; init; } = new();
        public FeatureKind Features { get; init; }
        public MultiLabelDataset? Training { get; init; }
        public int Seed { get; init; } = 1;

        public Core.PostHocOptions Options() =>
            new(
                Signal.GlobalOf(Signals).ToOption(),
                Signal.LocalOf(Signals).ToOption(),
                new(Combination, Decision, Objective, (Calibration?.Options).ToOption()),
                Seed.ToSeed()
            );
    }
}
