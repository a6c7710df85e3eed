using System.Globalization;

namespace Limen;

/// <summary>
/// What a model comes to on rows with known labels. Macro-F1 differs by convention, so each figure names its own.
/// </summary>
public sealed class EvaluationReport
{
    private readonly Core.Measures measures;
    private readonly Core.Scores scores;
    private readonly Core.PairProbabilities probabilities;
    private readonly Core.LabelSets truth;

    internal EvaluationReport(
        Core.LabelSpace labels,
        Core.Scores scores,
        Core.PairProbabilities probabilities,
        Core.LabelSets predicted,
        Core.LabelSets truth,
        IReadOnlyList<ModelWarning> warnings
    )
    {
        measures = Core.Evaluation.measure(scores, predicted, truth);
        this.truth = truth;
        this.scores = scores;
        this.probabilities = probabilities;
        var counts = Core.CountsModule.ofSets(truth.Matrix, predicted.Matrix);
        Labels =
        [
            .. labels.Names.Select(
                (name, l) =>
                    (
                        name,
                        counts.TruePositives[l] + counts.FalseNegatives[l],
                        counts.TruePositives[l] + counts.FalsePositives[l],
                        counts.TruePositives[l],
                        Core.F1.ofLabel(l, counts)
                    )
            ),
        ];
        Warnings = warnings;
    }

    /// <summary>How many rows were measured.</summary>
    public int Rows => truth.Matrix.Rows;

    /// <summary>A: the mean over all labels of F1, 0/0 = 0.</summary>
    public double MacroF1A => measures.MacroF1A;

    /// <summary>B: the mean over all labels of F1, 0/0 = 1.</summary>
    public double MacroF1B => measures.MacroF1B;

    /// <summary>C: the mean over labels with a positive among the measured rows.</summary>
    public double MacroF1C => measures.MacroF1C;

    /// <summary>D: the mean over labels that are true or predicted anywhere.</summary>
    public double MacroF1D => measures.MacroF1D;

    /// <summary>E: the harmonic mean of macro precision and macro recall.</summary>
    public double MacroF1E => measures.MacroF1E;

    /// <summary>F1 of the counts summed over labels.</summary>
    public double MicroF1 => measures.MicroF1;

    /// <summary>The share of all labels that are predicted for at least one row.</summary>
    public double EverPredicted => measures.EverPredicted;

    /// <summary>
    /// Of each label, in the order of the model's: rows that have it, rows that were given it, rows of both kinds, and F1 = 2 Hits / (Predicted + Positives), 0/0 = 0.
    /// </summary>
    public IReadOnlyList<(string Label, int Positives, int Predicted, int Hits, double F1)> Labels { get; }

    /// <summary>
    /// Signs that the model fails on these rows, found without looking at their labels; none for scores of another
    /// model.
    /// </summary>
    public IReadOnlyList<ModelWarning> Warnings { get; }

    /// <summary>P@k: the mean over rows of the share of true labels among the k best.</summary>
    /// <param name="k">At least 1.</param>
    public double PrecisionAt(int k) => Core.AtKModule.precision(Core.AtKModule.ofScores(k, truth.Matrix, scores.Matrix));

    /// <summary>
    /// nDCG@k: the mean over rows of the discounted gain of the k best labels, of the most that there could be.
    /// </summary>
    /// <param name="k">At least 1.</param>
    public double NdcgAt(int k) => Core.AtKModule.ndcg(Core.AtKModule.ofScores(k, truth.Matrix, scores.Matrix));

    /// <summary>The mean over all pairs of row and label of (p - y)^2; a label that was not weighed for a row has p = 0.</summary>
    public double Brier => Core.ReliabilityModule.brier(All(15));

    /// <summary>The mean over all pairs of |mean probability - frequency| of the pair's bin, of so many.</summary>
    /// <param name="bins">At least 1.</param>
    public double CalibrationError(int bins = 15) => Core.ReliabilityModule.ece(All(bins));

    /// <summary>
    /// How probabilities compare with frequencies, in bins of equal width, over all pairs of row and label; a label that was not weighed for a row has
    /// probability 0.
    /// </summary>
    /// <param name="bins">At least 1.</param>
    public IReadOnlyList<(double Lower, double Upper, long Count, double MeanProbability, double Frequency)> Reliability(int bins = 15) =>
        Bins(All(bins));

    /// <summary>The same over the k most probable labels of each row: those that users see.</summary>
    /// <param name="k">At least 1.</param>
    /// <param name="bins">At least 1.</param>
    public IReadOnlyList<(double Lower, double Upper, long Count, double MeanProbability, double Frequency)> ReliabilityAt(int k, int bins = 15) =>
        Bins(Core.ReliabilityModule.atK(bins, k, truth.Matrix, probabilities.Matrix));

    private Core.Reliability All(int bins) => Core.ReliabilityModule.ofProbabilities(bins, truth.Matrix, probabilities.Matrix);

    private static (double, double, long, double, double)[] Bins(Core.Reliability table) =>
        [.. table.Bins.Select(bin => (bin.Lower, bin.Upper, bin.Count, bin.MeanProbability, bin.Frequency))];

    /// <summary>The main figures in a line.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Rows} rows: macro-F1 {MacroF1A:F3} (A), {MacroF1C:F3} (C), micro-F1 {MicroF1:F3}, P@1 {PrecisionAt(1):F3}, "
                + $"P@5 {PrecisionAt(5):F3}, nDCG@5 {NdcgAt(5):F3}"
        );
}
