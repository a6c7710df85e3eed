using System.Globalization;
using Limen.Kernels;

namespace Limen;

/// <summary>
/// What a model comes to on rows with known labels. Macro-F1 differs by convention, so each figure names its own.
/// </summary>
public sealed class EvaluationReport
{
    private readonly Core.Measures measures;
    private readonly CsrMatrix truth;
    private readonly CsrMatrix scores;
    private readonly CsrMatrix probabilities;

    internal EvaluationReport(
        Core.LabelSpace labels,
        CsrMatrix truth,
        CsrMatrix scores,
        CsrMatrix probabilities,
        CsrMatrix predicted,
        IReadOnlyList<ModelWarning> warnings
    )
    {
        measures = Core.Evaluation.measure(truth, scores, predicted);
        this.truth = truth;
        this.scores = scores;
        this.probabilities = probabilities;
        var counts = Core.CountsModule.ofSets(truth, predicted);
        Labels =
        [
            .. labels.Names.Select(
                (name, l) =>
                    new LabelResult(
                        name,
                        counts.TruePositives[l] + counts.FalseNegatives[l],
                        counts.TruePositives[l] + counts.FalsePositives[l],
                        counts.TruePositives[l]
                    )
            ),
        ];
        Warnings = warnings;
    }

    /// <summary>How many rows were measured.</summary>
    public int Rows => truth.Rows;

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

    /// <summary>Each label's counts, in the order of the model's labels.</summary>
    public IReadOnlyList<LabelResult> Labels { get; }

    /// <summary>
    /// Signs that the model fails on these rows, found without looking at their labels; none for scores of another
    /// model.
    /// </summary>
    public IReadOnlyList<ModelWarning> Warnings { get; }

    /// <summary>P@k: the mean over rows of the share of true labels among the k best.</summary>
    /// <param name="k">At least 1.</param>
    public double PrecisionAt(int k) => Core.AtKModule.precision(Core.AtKModule.ofScores(k, truth, scores));

    /// <summary>
    /// nDCG@k: the mean over rows of the discounted gain of the k best labels, of the most that there could be.
    /// </summary>
    /// <param name="k">At least 1.</param>
    public double NdcgAt(int k) => Core.AtKModule.ndcg(Core.AtKModule.ofScores(k, truth, scores));

    /// <summary>
    /// How probabilities compare with frequencies, over all pairs of row and label; a label that was not weighed for a row
    /// has probability 0.
    /// </summary>
    /// <param name="bins">At least 1.</param>
    public ReliabilityTable Reliability(int bins = 15) =>
        new(Core.ReliabilityModule.ofProbabilities(bins, truth, probabilities));

    /// <summary>The same over the k most probable labels of each row: those that users see.</summary>
    /// <param name="k">At least 1.</param>
    /// <param name="bins">At least 1.</param>
    public ReliabilityTable ReliabilityAt(int k, int bins = 15) =>
        new(Core.ReliabilityModule.atK(bins, k, truth, probabilities));

    /// <summary>The main figures in a line.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Rows} rows: macro-F1 {MacroF1A:F3} (A), {MacroF1C:F3} (C), micro-F1 {MicroF1:F3}, P@1 {PrecisionAt(1):F3}, "
                + $"P@5 {PrecisionAt(5):F3}, nDCG@5 {NdcgAt(5):F3}"
        );
}
