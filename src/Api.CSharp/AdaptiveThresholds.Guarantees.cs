namespace Limen;

public sealed partial class AdaptiveThresholds
{
    /// <summary>
    /// The same label sets with probabilities calibrated on rows of their own, rather than on those that fitted the
    /// decision. What was known of possible label sets is dropped: it held for the old probabilities.
    /// </summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    /// <param name="scores">What the other model says of rows that neither it nor the thresholds learned from.</param>
    /// <param name="rows">The same rows, with their labels.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or another number of rows.</exception>
    /// <exception cref="ModelConfigurationException">With every fault of the calibration.</exception>
    public AdaptiveThresholds WithCalibration(Calibration calibration, ScoreLists scores, MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        return With(scores, rows, (scored, truth) => Core.PostHocThresholdsModule.withCalibration(calibration.Options, scored, truth, thresholds));
    }

    /// <summary>The same for rows with label ids, decided by their scores alone.</summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    /// <param name="scores">Scored rows that neither the other model nor the thresholds learned from.</param>
    /// <param name="labels">The ids of each row\'s true labels, counted from 0.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or a local signal that looks at rows.</exception>
    /// <exception cref="ModelConfigurationException">With every fault of the calibration.</exception>
    public AdaptiveThresholds WithCalibration(Calibration calibration, ScoreLists scores, IReadOnlyList<IReadOnlyList<int>> labels)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        return With(scores, labels, (scored, truth) => Core.PostHocThresholdsModule.withCalibration(calibration.Options, scored, truth, thresholds));
    }

    /// <summary>
    /// Conformal risk control of the false-negative rate: the same signals with another rule, one threshold for all labels,
    /// the highest at which the expected share of a row's labels that is missed is at most the level. The promise
    /// holds for new rows exchangeable with the given ones, on average over both (Angelopoulos et al. 2022).
    /// </summary>
    /// <param name="level">0.1: on average at most 10 % of a row's labels are missed.</param>
    /// <param name="scores">What the other model says of rows that nothing was fitted on: neither that model, nor the
    /// thresholds, nor another promise about them.</param>
    /// <param name="rows">The same rows, with their labels.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or another number of rows.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1), or smaller than these rows can promise:
    /// the message names the smallest.</exception>
    public AdaptiveThresholds WithRisk(double level, ScoreLists scores, MultiLabelDataset rows) =>
        With(scores, rows, (scored, truth) => Core.PostHocThresholdsModule.withRisk(level, scored, truth, thresholds));

    /// <summary>The same for rows with label ids, decided by their scores alone.</summary>
    /// <param name="level">0.1: on average at most 10 % of a row's labels are missed.</param>
    /// <param name="scores">Scored rows that nothing was fitted on.</param>
    /// <param name="labels">The ids of each row\'s true labels, counted from 0.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or a local signal that looks at rows.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1), or smaller than these rows can promise:
    /// the message names the smallest.</exception>
    public AdaptiveThresholds WithRisk(double level, ScoreLists scores, IReadOnlyList<IReadOnlyList<int>> labels) =>
        With(scores, labels, (scored, truth) => Core.PostHocThresholdsModule.withRisk(level, scored, truth, thresholds));

    /// <summary>The same thresholds, which can then say which label sets are possible for a row.</summary>
    /// <param name="scores">What the other model says of rows that nothing was fitted on: neither that model, nor the
    /// thresholds, nor another promise about them.</param>
    /// <param name="rows">The same rows, with their labels.</param>
    /// <param name="norm">q of the sum over labels of |p - y|^q by which the fit of a label set is measured: 1 or 2.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or another number of rows.</exception>
    public AdaptiveThresholds WithPossibleSets(ScoreLists scores, MultiLabelDataset rows, int norm = 1) =>
        With(scores, rows, (scored, truth) => Core.PostHocThresholdsModule.withSets(PossibleLabelSets.Norm(norm), scored, truth, thresholds));

    /// <summary>The same for rows with label ids, decided by their scores alone.</summary>
    /// <param name="scores">Scored rows that nothing was fitted on.</param>
    /// <param name="labels">The ids of each row\'s true labels, counted from 0.</param>
    /// <param name="norm">q of the sum over labels of |p - y|^q by which the fit of a label set is measured: 1 or 2.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or a local signal that looks at rows.</exception>
    public AdaptiveThresholds WithPossibleSets(ScoreLists scores, IReadOnlyList<IReadOnlyList<int>> labels, int norm = 1) =>
        With(scores, labels, (scored, truth) => Core.PostHocThresholdsModule.withSets(PossibleLabelSets.Norm(norm), scored, truth, thresholds));

    /// <summary>The label sets that rows may have (inductive conformal prediction over whole label sets).</summary>
    /// <param name="scores">What the other model says of the rows.</param>
    /// <param name="level">0.1: the true set is among all possible ones with probability at least 90 %.</param>
    /// <param name="rows">The same rows, for a local signal that looks at them; their labels are not looked at. Null: by
    /// their scores alone.</param>
    /// <param name="most">How many sets of a row are listed at most; at least 1.</param>
    /// <exception cref="InvalidOperationException">Nothing is known of possible sets: see <c>WithPossibleSets</c>.</exception>
    /// <exception cref="ModelConfigurationException">The level is not in (0, 1).</exception>
    public IReadOnlyList<PossibleLabelSets> PossibleSets(ScoreLists scores, double level, MultiLabelDataset? rows = null, int most = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var sets = Core.PostHocThresholdsModule.possibleSets(level, most, Rows(scores, rows?.Labelled.Rows, null), thresholds);
        return [.. sets.Select(prediction => new PossibleLabelSets(thresholds.Labels, prediction))];
    }

    private AdaptiveThresholds With(
        ScoreLists scores,
        MultiLabelDataset rows,
        Func<Core.ExternalRows, Core.LabelSets, Core.PostHocThresholds> change
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new(change(Rows(scores, rows.Labelled), Truth(rows)));
    }

    private AdaptiveThresholds With(
        ScoreLists scores,
        IReadOnlyList<IReadOnlyList<int>> labels,
        Func<Core.ExternalRows, Core.LabelSets, Core.PostHocThresholds> change
    ) => new(change(Rows(scores), Truth(labels)));

    private Core.LabelSets Truth(MultiLabelDataset rows) =>
        Core.LabelSpaceModule.relabel(rows.Labelled.Space, thresholds.Labels, rows.Labelled.Truth);

    private Core.LabelSets Truth(IReadOnlyList<IReadOnlyList<int>> labels) => SparseRows.Sets(labels, Labels.Count);
}
