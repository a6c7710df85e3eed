using Limen.Kernels;

namespace Limen;

/// <summary>
/// Settings of thresholds for the scores of another model; start with <see cref="AdaptiveThresholds.Builder"/>.
/// Immutable: each method gives a new builder.
/// </summary>
public sealed class AdaptiveThresholdsBuilder
{
    private readonly ModelSettings settings;
    private readonly MultiLabelDataset? training;

    internal AdaptiveThresholdsBuilder(ModelSettings settings, MultiLabelDataset? training = null)
    {
        this.settings = settings;
        this.training = training;
    }

    /// <summary>
    /// What thresholds are fused from: at most one global and one local signal. Those that look at rows need texts or
    /// features; those that
    /// read predictions take the scores for them. Default: rarity alone.
    /// </summary>
    /// <param name="signals">Of <see cref="Signals"/>.</param>
    public AdaptiveThresholdsBuilder WithSignals(params Signal[] signals) =>
        With(settings with { Signals = Given.All(signals) });

    /// <summary>How scores become label sets. Default: <see cref="Decisions.Fused"/>.</summary>
    /// <param name="decision">Of <see cref="Decisions"/>.</param>
    public AdaptiveThresholdsBuilder WithDecision(Decision decision) =>
        With(settings with { Decision = Given.One(decision) });

    /// <summary>What the decision is fitted for. Default: <see cref="Objectives.MacroPlusMicro"/> with its default weight.</summary>
    /// <param name="objective">Of <see cref="Objectives"/>.</param>
    public AdaptiveThresholdsBuilder WithObjective(Objective objective) =>
        With(settings with { Objective = Given.One(objective) });

    /// <summary>
    /// Whether scores and signals are stacked, or scores stay as they are. Default: <see
    /// cref="ScoreCombination.Stacked"/>.
    /// </summary>
    /// <param name="combination">Which way.</param>
    public AdaptiveThresholdsBuilder WithCombination(ScoreCombination combination) =>
        With(settings with { Combination = combination });

    /// <summary>
    /// How scores become probabilities, fitted on the rows of the decision. Default: a probability is the sigmoid of the
    /// score. <c>AdaptiveThresholds.WithCalibration</c> calibrates on rows of their own.
    /// </summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    public AdaptiveThresholdsBuilder WithCalibration(Calibration calibration) =>
        With(settings with { Calibration = Given.One(calibration) });

    /// <summary>Determines the folds of cross-validated rules. Default: 1.</summary>
    /// <param name="seed">Any number.</param>
    public AdaptiveThresholdsBuilder WithSeed(int seed) => With(settings with { Seed = seed });

    /// <summary>How texts become features, for a local signal.</summary>
    /// <param name="options">The options.</param>
    public AdaptiveThresholdsBuilder WithVectoriser(VectoriserOptions options) =>
        With(settings with { Vectoriser = Given.One(options) });

    /// <summary>
    /// What the values of sparse features are, for a local signal. Default: <see cref="FeatureKind.Values"/>.
    /// </summary>
    /// <param name="kind">Which kind.</param>
    public AdaptiveThresholdsBuilder WithFeatures(FeatureKind kind) => With(settings with { Features = kind });

    /// <summary>
    /// The rows that the other model was trained on: rarity is counted in them, and a local signal learns from them.
    /// Without them the fitted
    /// rows serve, of which none reaches its own signal.
    /// </summary>
    /// <param name="rows">Texts or features with their labels, which are among the scored ones.</param>
    public AdaptiveThresholdsBuilder WithTrainingRows(MultiLabelDataset rows) => new(settings, Given.One(rows));

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
    public AdaptiveThresholds Fit(ScoreLists scores, MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(rows);
        return Fit(scores, SparseRows.Relabel(rows.LabelSets, rows.Space, scores.Space), rows.Inputs);
    }

    private AdaptiveThresholdsBuilder With(ModelSettings settings) => new(settings, training);

    private AdaptiveThresholds Fit(ScoreLists scores, CsrMatrix labels, RowInputs? rows)
    {
        var local = Signal.LocalOf(settings.Signals);
        var looksAtRows = local is not null && Core.ThresholdOptionsModule.readsFeatures(local);
        string[] faults = [.. settings.Faults(), .. settings.Objective.FaultsOf(scores.Space)];
        if (looksAtRows && rows is null)
            faults = [.. faults, "signals: the local signal looks at the rows: expected their texts or features, received labels alone"];
        if (faults.Length > 0) throw new ModelConfigurationException(faults);
        return Interop.Call(() => Fitted(scores, labels, looksAtRows ? rows : null));
    }

    /// <summary>Fits; rows stay out where no signal looks at them.</summary>
    private AdaptiveThresholds Fitted(ScoreLists scores, CsrMatrix labels, RowInputs? rows)
    {
        var input = rows is null ? Core.InputSpace.NewFeatures(0) : Input(training?.Inputs ?? rows, rows);
        var options = new Core.ThresholdOptions(
            Interop.ToOption(Signal.GlobalOf(settings.Signals)),
            Interop.ToOption(Signal.LocalOf(settings.Signals)),
            settings.DecidedBy(settings.Objective.Resolve(scores.Space)),
            Interop.ToSeed(settings.Seed)
        );
        var evidence = training is null ? null : Evidence(training, rows is null ? null : input, scores.Space);
        var scored = new Core.ForeignRows(scores.Logits, Interop.ToOption(rows?.Apply(input)));
        return new(Core.AdaptiveThresholdsModule.fit(options, scores.Space, input, Interop.ToOption(evidence), scored, labels));
    }

    private Core.InputSpace Input(RowInputs source, RowInputs rows) =>
        source.Fit(
            settings.Vectoriser,
            settings.Features,
            source.Dimension is { } d ? Math.Max(d, rows.Dimension ?? 0) : null
        );

    /// <summary>The training rows; where no signal looks at them, their label sets take the place of features.</summary>
    private static Core.Dataset Evidence(MultiLabelDataset training, Core.InputSpace? input, Core.LabelSpace space)
    {
        var sets = SparseRows.Relabel(training.LabelSets, training.Space, space);
        return Core.DatasetModule.create(input is null ? sets : training.Inputs.Apply(input), sets);
    }
}
