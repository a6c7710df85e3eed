using Limen.Kernels;

namespace Limen;

/// <summary>
/// Settings of thresholds for the scores of another model; start with <see cref="AdaptiveThresholds.Builder"/>. Immutable: each method gives a new builder.
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

    /// <summary>What thresholds are fused from: at most one global and one local signal. A local signal needs texts or features. Default: rarity.</summary>
    /// <param name="signals">Of <see cref="Signals"/>.</param>
    public AdaptiveThresholdsBuilder WithSignals(params Signal[] signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        return new(settings with { Signals = [.. signals] }, training);
    }

    /// <summary>How scores become label sets. Default: <see cref="Decisions.Fused"/>.</summary>
    /// <param name="decision">Of <see cref="Decisions"/>.</param>
    public AdaptiveThresholdsBuilder WithDecision(Decision decision) => new(settings with { Decision = decision }, training);

    /// <summary>What the decision is fitted for. Default: <see cref="Objectives.MacroPlusMicro"/>.</summary>
    /// <param name="objective">Of <see cref="Objectives"/>.</param>
    public AdaptiveThresholdsBuilder WithObjective(Objective objective) => new(settings with { Objective = objective }, training);

    /// <summary>Whether scores and signals are stacked, or scores stay as they are. Default: <see cref="ScoreCombination.Stacked"/>.</summary>
    /// <param name="combination">Which way.</param>
    public AdaptiveThresholdsBuilder WithCombination(ScoreCombination combination) => new(settings with { Combination = combination }, training);

    /// <summary>Determines the folds of cross-validated rules. Default: 1.</summary>
    /// <param name="seed">Any number.</param>
    public AdaptiveThresholdsBuilder WithSeed(int seed) => new(settings with { Seed = seed }, training);

    /// <summary>How texts become features, for a local signal.</summary>
    /// <param name="options">The options.</param>
    public AdaptiveThresholdsBuilder WithVectoriser(VectoriserOptions options) => new(settings with { Vectoriser = options }, training);

    /// <summary>What the values of sparse features are, for a local signal. Default: <see cref="FeatureKind.Values"/>.</summary>
    /// <param name="kind">Values, or term counts.</param>
    public AdaptiveThresholdsBuilder WithFeatures(FeatureKind kind) => new(settings with { Features = kind }, training);

    /// <summary>
    /// The rows that the other model was trained on: rarity is counted in them, and they vote as neighbours. Without them the fitted rows serve, each without its own vote.
    /// </summary>
    /// <param name="rows">Texts or features with their labels, which are among the scored ones.</param>
    public AdaptiveThresholdsBuilder WithTrainingRows(MultiLabelDataset rows) => new(settings, rows);

    /// <summary>Fits thresholds on rows that the other model did not learn from.</summary>
    /// <param name="scores">What the other model says of them.</param>
    /// <param name="labels">The ids of each row's true labels, counted from 0.</param>
    /// <exception cref="ModelConfigurationException">With every fault of the settings.</exception>
    /// <exception cref="ArgumentException">Another number of rows, or a label that the scores do not have.</exception>
    public AdaptiveThresholds Fit(ScoreLists scores, IReadOnlyList<IReadOnlyList<int>> labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return Fit(scores, SparseRows.Sets(labels, scores.Labels.Count), null);
    }

    /// <summary>Fits thresholds on rows that the other model did not learn from.</summary>
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

    private AdaptiveThresholds Fit(ScoreLists scores, CsrMatrix labels, RowInputs? rows)
    {
        var local = Signal.NeighboursOf(settings.Signals);
        string[] faults =
        [
            .. settings.Faults(),
            .. settings.Objective.FaultsOf(scores.Space),
            .. local is not null && rows is null ? ["signals: feature-KNN looks at the texts or features of the rows: expected them with the labels, received labels alone"] : Array.Empty<string>(),
        ];
        if (faults.Length > 0) throw new ModelConfigurationException(faults);
        var source = training?.Inputs ?? rows;
        var input = local is null ? Core.InputSpace.NewFeatures(0) : source!.Fit(settings.Vectoriser, settings.Features, Widest(training?.Inputs, rows));
        var options = new Core.ThresholdOptions(
            Interop.ToOption(Signal.GlobalOf(settings.Signals)),
            Interop.ToOption(local),
            settings.DecidedBy(settings.Objective.Resolve(scores.Space)),
            Interop.ToSeed(settings.Seed)
        );
        var evidence = training is null ? null : Evidence(training, local is null ? null : input, scores.Space);
        var scored = new Core.ForeignRows(scores.Logits, local is null ? null : Interop.ToOption(rows!.Apply(input)));
        return Interop.Call(() => new AdaptiveThresholds(Core.AdaptiveThresholdsModule.fit(options, scores.Space, input, Interop.ToOption(evidence), scored, labels)));
    }

    /// <summary>The training rows; where no signal looks at their features, the label sets take their place.</summary>
    private static Core.Dataset Evidence(MultiLabelDataset training, Core.InputSpace? input, Core.LabelSpace space)
    {
        var sets = SparseRows.Relabel(training.LabelSets, training.Space, space);
        return Core.DatasetModule.create(input is null ? sets : training.Inputs.Apply(input), sets);
    }

    private static int? Widest(RowInputs? a, RowInputs? b) =>
        a?.Dimension is null && b?.Dimension is null ? null : Math.Max(a?.Dimension ?? 0, b?.Dimension ?? 0);
}
