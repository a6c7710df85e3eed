using Limen.Kernels;

namespace Limen;

/// <summary>
/// What another model says of N rows and L labels: for each row the scores of its best labels. A label that is not
/// listed scores below all that are and is never predicted.
/// </summary>
public sealed class ScoreLists
{
    private ScoreLists(Core.LabelSpace space, Core.Scores logits)
    {
        Space = space;
        Logits = logits;
    }

    /// <summary>How many rows there are.</summary>
    public int Count => Logits.Matrix.Rows;

    /// <summary>The labels, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels => Space.Names;

    /// <summary>What it is: "90 rows of scores, 8 labels".</summary>
    public override string ToString() => $"{Count} rows of scores, {Labels.Count} labels";

    internal Core.LabelSpace Space { get; }

    internal Core.Scores Logits { get; }

    /// <summary>Score lists of labels with names.</summary>
    /// <param name="labels">The name of each label, in the order of the ids; distinct.</param>
    /// <param name="scale">What the scores are.</param>
    /// <param name="rows">The label ids, counted from 0, and scores of each row, in any order.</param>
    /// <exception cref="ArgumentException">An id out of range or twice in a row, a score that is not a number or beyond 1e9 in magnitude, or a
    /// probability outside [0, 1]. The message counts rows from 1.</exception>
    public static ScoreLists FromRows(
        IReadOnlyList<string> labels,
        ScoreScale scale,
        IEnumerable<IEnumerable<(int Label, double Score)>> rows
    )
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(rows);
        var pairs = rows.Select(row => row.Select(pair => (pair.Label, (float)pair.Score)));
        return Create(new Core.LabelSpace([.. labels]), scale, SparseRows.Create(pairs, labels.Count, "label"));
    }

    /// <summary>Score lists of labels that are named by their ids.</summary>
    /// <param name="labels">L, how many labels there are.</param>
    /// <param name="scale">What the scores are.</param>
    /// <param name="rows">The label ids, counted from 0, and scores of each row, in any order.</param>
    /// <exception cref="ArgumentException">An id out of range or twice in a row, a score that is not a number or beyond 1e9 in magnitude, or a
    /// probability outside [0, 1]. The message counts rows from 1.</exception>
    public static ScoreLists FromRows(int labels, ScoreScale scale, IEnumerable<IEnumerable<(int Label, double Score)>> rows) =>
        FromRows(Ids(labels), scale, rows);

    /// <summary>The best labels of each row of a dense matrix.</summary>
    /// <param name="scores">[N, L]: the score of each label in each row.</param>
    /// <param name="scale">What the scores are.</param>
    /// <param name="labels">The name of each label; null: they are named by their ids.</param>
    /// <param name="keep">How many labels of each row are kept, at least 1.</param>
    /// <exception cref="ArgumentException">Another number of names, a score that is not a number or beyond 1e9 in magnitude, kept or not, or a probability outside [0, 1]. The
    /// message counts rows from 1.</exception>
    /// <example><code>var scores = ScoreLists.FromMatrix(new float[,] { { 0.9f, 0.1f }, { 0.3f, 0.8f } }, ScoreScale.Probabilities, ["a", "b"]);</code></example>
    public static ScoreLists FromMatrix(float[,] scores, ScoreScale scale, IReadOnlyList<string>? labels = null, int keep = 60)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var names = labels ?? Ids(scores.GetLength(1));
        if (names.Count != scores.GetLength(1))
            throw new ArgumentException(
                $"expected {scores.GetLength(1)} names as the scores have columns, received {names.Count}",
                nameof(labels)
            );
        return Create(new Core.LabelSpace([.. names]), scale, Core.ExternalScores.ofMatrix(scale, keep, scores));
    }

    /// <summary>
    /// Score lists, and the ids of each row's true labels, from a file like svmlight, a row a line: the labels, separated by commas, then pairs
    /// <c>label:score</c> with ascending labels. Ids count from 0; a line that begins with a blank has no labels.
    /// </summary>
    /// <param name="path">The file; plain, .gz or .bz2.</param>
    /// <param name="scale">What the scores are.</param>
    /// <param name="labels">L, how many labels there are; null: what a header says, or the largest id shows.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    /// <exception cref="ArgumentException">A probability outside [0, 1].</exception>
    public static (ScoreLists Scores, IReadOnlyList<IReadOnlyList<int>> Labels) FromFile(string path, ScoreScale scale, int? labels = null)
    {
        var defaults = Core.Svmlight.defaults;
        var width = labels.ToOption();
        var read = Core.Svmlight.read(new(defaults.FeatureIds, defaults.LabelIds, width, width, defaults.BlockBytes), path);
        var count = Math.Max(read.Features.Columns, read.Labels.Columns);
        int[][] sets = [.. Enumerable.Range(0, read.Rows).Select(row => read.Labels.RowIndices(row).ToArray())];
        return (Create(new Core.LabelSpace(Ids(count)), scale, Core.Csr.widen(count, read.Features)), sets);
    }

    private static ScoreLists Create(Core.LabelSpace space, ScoreScale scale, CsrMatrix scores) =>
        new(space, Core.ExternalScores.toLogits(scale, scores));

    private static string[] Ids(int labels) => [.. Enumerable.Range(0, labels).Select(id => $"{id}")];
}
