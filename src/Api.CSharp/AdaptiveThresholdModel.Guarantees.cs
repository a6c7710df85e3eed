namespace Limen;

public sealed partial class AdaptiveThresholdModel
{
    /// <summary>
    /// The same label sets with probabilities calibrated on rows of their own, rather than on those that fitted the
    /// decision. What was known of possible label sets is dropped: it held for the old probabilities.
    /// </summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    /// <param name="rows">Rows of the kind that the model was fitted on, none of them used in fitting.</param>
    /// <exception cref="ArgumentException">A label that the model does not know, or rows of another kind.</exception>
    /// <exception cref="ModelConfigurationException">With every fault of the calibration.</exception>
    /// <example><code>var calibrated = model.WithCalibration(Calibrations.Isotonic(), unseen);</code></example>
    public AdaptiveThresholdModel WithCalibration(Calibration calibration, MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        return With(rows, data => Core.ModelModule.withCalibration(calibration.Options, data, model));
    }

    /// <summary>
    /// The same model with another decision, fitted on the scores of labelled rows; signals, scorers and probabilities stay as they are. It costs a prediction of the rows,
    /// no training.
    /// </summary>
    /// <param name="decision">Of <see cref="Decisions"/>, with its constraints.</param>
    /// <param name="rows">
    /// Rows of the kind that the model was fitted on, none of which it learned from: of its training rows it knows the labels, and a decision on them promises too much.
    /// </param>
    /// <param name="objective">Of <see cref="Objectives"/>. Default: <see cref="Objectives.MacroPlusMicro"/> with its default weight.</param>
    /// <param name="seed">Of rules that draw.</param>
    /// <exception cref="ArgumentException">A label that the model does not know, or rows of another kind.</exception>
    /// <exception cref="ModelConfigurationException">With every fault of rule and objective.</exception>
    /// <example><code>var sparing = model.WithDecision(Decisions.Fused().AtMost(3), validation, Objectives.MicroF1());</code></example>
    public AdaptiveThresholdModel WithDecision(Decision decision, MultiLabelDataset rows, Objective? objective = null, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return With(rows, data => Core.ModelModule.withDecision(decision, objective ?? Objectives.MacroPlusMicro(), seed.ToSeed(), data, model));
    }

    /// <summary>The same model with other constraints in the place of its own; its rule stays, and no rows are needed.</summary>
    /// <param name="constrain">Adds constraints to a decision.</param>
    /// <exception cref="ModelConfigurationException">With every fault of the constraints.</exception>
    /// <example><code>var few = model.WithConstraints(decision => decision.AtMost(3).Without("obsolete"));</code></example>
    public AdaptiveThresholdModel WithConstraints(Func<Decision, Decision> constrain)
    {
        ArgumentNullException.ThrowIfNull(constrain);
        return new(Core.ModelModule.withConstraints(constrain(Decisions.Fused()), model));
    }

    /// <summary>
    /// Conformal risk control of the false-negative rate: the same model with another rule, one threshold for all labels,
    /// the highest at which the expected share of a row's labels that is missed is at most the level. The promise
    /// holds for new rows exchangeable with the given ones, on average over both (Angelopoulos et al. 2022).
    /// </summary>
    /// <param name="level">0.1: on average at most 10 % of a row's labels are missed.</param>
    /// <param name="rows">Rows that nothing was fitted on: neither the model, its decision or calibration, nor another
    /// promise about it.</param>
    /// <exception cref="ArgumentException">A label that the model does not know, or rows of another kind.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1), or smaller than these rows can promise:
    /// the message names the smallest.</exception>
    /// <example><code>var careful = model.WithRisk(0.1, unseen);</code></example>
    public AdaptiveThresholdModel WithRisk(double level, MultiLabelDataset rows) =>
        With(rows, data => Core.ModelModule.withRisk(level, data, model));

    /// <summary>The same model, which can then say which label sets are possible for a row.</summary>
    /// <param name="rows">Rows that nothing was fitted on: neither the model, its decision or calibration, nor another
    /// promise about it.</param>
    /// <param name="norm">q of the sum over labels of |p - y|^q by which the fit of a label set is measured: 1 or 2.</param>
    /// <exception cref="ArgumentException">A label that the model does not know, rows of another kind, or another norm.</exception>
    /// <example><code>var able = model.WithPossibleSets(unseen);</code></example>
    public AdaptiveThresholdModel WithPossibleSets(MultiLabelDataset rows, int norm = 1) =>
        With(rows, data => Core.ModelModule.withSets(PossibleLabelSets.Norm(norm), data, model));

    /// <summary>The label sets that a text may have (inductive conformal prediction over whole label sets).</summary>
    /// <param name="text">The text.</param>
    /// <param name="level">0.1: the true set is among all possible ones with probability at least 90 %.</param>
    /// <param name="most">How many sets are listed at most; at least 1.</param>
    /// <exception cref="InvalidOperationException">Without <see cref="WithPossibleSets"/>.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1).</exception>
    /// <example><code>var possible = model.WithPossibleSets(unseen).PossibleSets("Throws when the stream is closed", level: 0.1).Sets;</code></example>
    public PossibleLabelSets PossibleSets(string text, double level, int most = 100) =>
        PossibleSets(MultiLabelDataset.OfTexts([text]), level, most)[0];

    /// <summary>The label sets that a row of sparse features may have.</summary>
    /// <param name="features">The features in any order, each at most once.</param>
    /// <param name="level">0.1: the true set is among all possible ones with probability at least 90 %.</param>
    /// <param name="most">How many sets are listed at most; at least 1.</param>
    /// <exception cref="InvalidOperationException">Without <see cref="WithPossibleSets"/>.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1).</exception>
    public PossibleLabelSets PossibleSets(IReadOnlyList<(int Id, float Value)> features, double level, int most = 100) =>
        PossibleSets(MultiLabelDataset.OfFeatures([features]), level, most)[0];

    /// <summary>The label sets that each row of a data set may have; the rows' own labels are not looked at.</summary>
    /// <param name="rows">Rows of the kind that the model was fitted on.</param>
    /// <param name="level">0.1: the true set is among all possible ones with probability at least 90 %.</param>
    /// <param name="most">How many sets of a row are listed at most; at least 1.</param>
    /// <exception cref="InvalidOperationException">Without <see cref="WithPossibleSets"/>.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1).</exception>
    public IReadOnlyList<PossibleLabelSets> PossibleSets(MultiLabelDataset rows, double level, int most = 100)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return PossibleSets(rows.Labelled.Rows, level, most);
    }

    private AdaptiveThresholdModel With(MultiLabelDataset rows, Func<Core.Dataset, Core.Model> change) => new(change(Dataset(rows)));

    private PossibleLabelSets[] PossibleSets(Core.Rows rows, double level, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var sets = Core.ModelModule.possibleSets(level, most, Features(rows), model);
        return [.. sets.Select(prediction => new PossibleLabelSets(model.Labels, prediction))];
    }
}
