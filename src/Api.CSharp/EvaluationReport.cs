using System.Globalization;

namespace Limen;

/// <summary>
/// What a model comes to on rows with known labels, each of which counts by its weight. Macro-F1 differs by convention, so each figure names its own.
/// </summary>
public sealed class EvaluationReport
{
    private readonly Core.Evidence evidence;
    private readonly Core.LabelSpace labels;

    internal EvaluationReport(Core.LabelSpace labels, Core.Evidence evidence, IReadOnlyList<ModelWarning> warnings)
    {
        this.labels = labels;
        this.evidence = Core.EvidenceModule.counted(evidence);
        Rows = evidence.Rows;
        Warnings = warnings;
    }

    /// <summary>How many rows were measured.</summary>
    public int Rows { get; }

    /// <summary>Every metric of the library with its name, its title and its value; null where it is not defined on these rows.</summary>
    public IReadOnlyList<(string Name, string Title, double? Value)> Metrics =>
        [.. Core.Metrics.all.Select(metric => (metric.Name, metric.Title, Value(metric)))];

    /// <summary>The metric of a name; null where it is not defined on these rows.</summary>
    /// <param name="name">One of <see cref="Metrics"/>.</param>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    /// <example><code>Console.WriteLine(report["samples_f1"]);</code></example>
    public double? this[string name] => Value(Core.Metrics.find(name));

    /// <summary>A: the mean over all labels of F1, 0/0 = 0.</summary>
    public double MacroF1A => Number(Core.F1.macro(Core.MacroConvention.NewAllLabels(Core.ZeroDivision.AsZero)));

    /// <summary>B: the mean over all labels of F1, 0/0 = 1.</summary>
    public double MacroF1B => Number(Core.F1.macro(Core.MacroConvention.NewAllLabels(Core.ZeroDivision.AsOne)));

    /// <summary>C: the mean over labels with a positive among the measured rows.</summary>
    public double MacroF1C => Number(Core.F1.macro(Core.MacroConvention.PresentInTest));

    /// <summary>D: the mean over labels that are true or predicted anywhere.</summary>
    public double MacroF1D => Number(Core.F1.macro(Core.MacroConvention.Active));

    /// <summary>E: the harmonic mean of macro precision and macro recall.</summary>
    public double MacroF1E => Number(Core.F1.macro(Core.MacroConvention.Harmonic));

    /// <summary>F1 of the counts summed over labels.</summary>
    public double MicroF1 => Number(Core.F1.micro);

    /// <summary>The share of all labels that are predicted for at least one row.</summary>
    public double EverPredicted => Number(Core.Agreement.everPredicted);

    /// <summary>
    /// Of each label, in the order of the model's: rows that have it, rows that were given it, rows of both kinds (sums of their weights, where rows have them), and
    /// F1 = 2 Hits / (Predicted + Positives), 0/0 = 0.
    /// </summary>
    public IReadOnlyList<(string Label, double Positives, double Predicted, double Hits, double F1)> Labels =>
        [
            .. Core.CountsModule.perLabel(Core.CountsModule.ofSets(evidence.Weights, evidence.Predicted.Value, evidence.Truth))
                .Zip(labels.Names, (c, name) => (name, c.TP + c.FN, c.TP + c.FP, c.TP, Core.Ratio.f1(Core.ZeroDivision.AsZero, c))),
        ];

    /// <summary>
    /// Signs that the model fails on these rows, found without looking at their labels; none for scores of another
    /// model.
    /// </summary>
    public IReadOnlyList<ModelWarning> Warnings { get; }

    /// <summary>P@k: the mean over rows of the share of true labels among the k best.</summary>
    /// <param name="k">At least 1.</param>
    public double PrecisionAt(int k) => Number(Core.AtK.precision(k));

    /// <summary>
    /// nDCG@k: the mean over rows of the discounted gain of the k best labels, of the most that there could be.
    /// </summary>
    /// <param name="k">At least 1.</param>
    public double NdcgAt(int k) => Number(Core.AtK.ndcg(k));

    /// <summary>The mean over all pairs of row and label of (p - y)^2; a label that was not weighed for a row has p = 0.</summary>
    public double Brier => Number(Core.Calibrated.brier);

    /// <summary>The mean over all pairs of |mean probability - frequency| of the pair's bin, of so many.</summary>
    /// <param name="bins">At least 1.</param>
    public double CalibrationError(int bins = 15) => Core.ReliabilityModule.ece(All(bins));

    /// <summary>
    /// How probabilities compare with frequencies, in bins of equal width, over all pairs of row and label (Count: the sum of their rows' weights, where rows have
    /// them); a label that was not weighed for a row has probability 0.
    /// </summary>
    /// <param name="bins">At least 1.</param>
    public IReadOnlyList<(double Lower, double Upper, double Count, double MeanProbability, double Frequency)> Reliability(int bins = 15) =>
        Bins(All(bins));

    /// <summary>The same over the k most probable labels of each row: those that users see.</summary>
    /// <param name="k">At least 1.</param>
    /// <param name="bins">At least 1.</param>
    public IReadOnlyList<(double Lower, double Upper, double Count, double MeanProbability, double Frequency)> ReliabilityAt(int k, int bins = 15) =>
        Bins(Core.ReliabilityModule.atK(bins, k, evidence.Weights, evidence.Probabilities.Value, evidence.Truth));

    private Core.Reliability All(int bins) =>
        Core.ReliabilityModule.ofProbabilities(bins, evidence.Weights, evidence.Probabilities.Value, evidence.Truth);

    private double? Value(Core.Metric metric) => Core.MetricModule.value(metric, evidence)?.Value;

    private double Number(Core.Metric metric) => Core.MetricModule.number(metric, evidence);

    private static (double, double, double, double, double)[] Bins(Core.Reliability table) =>
        [.. table.Bins.Select(bin => (bin.Lower, bin.Upper, bin.Count, bin.MeanProbability, bin.Frequency))];

    /// <summary>The main figures in a line.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Rows} rows: macro-F1 {MacroF1A:F3} (A), {MacroF1C:F3} (C), micro-F1 {MicroF1:F3}, P@1 {PrecisionAt(1):F3}, "
                + $"P@5 {PrecisionAt(5):F3}, nDCG@5 {NdcgAt(5):F3}"
        );
}
