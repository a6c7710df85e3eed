namespace Limen;

/// <summary>Score lists with the true labels of their rows.</summary>
/// <param name="Scores">What another model says of the rows.</param>
/// <param name="Labels">The ids of each row's labels, counted from 0.</param>
public sealed record ScoredRows(ScoreLists Scores, IReadOnlyList<IReadOnlyList<int>> Labels)
{
    /// <summary>
    /// A file like svmlight, a row a line: the row's true labels, separated by commas, then pairs <c>label:score</c>
    /// with ascending labels. Ids count from 0; a line
    /// that begins with a blank has no labels.
    /// </summary>
    /// <param name="path">The file; plain, .gz or .bz2.</param>
    /// <param name="scale">What the scores are.</param>
    /// <param name="labels">L, how many labels there are; null: what a header says, or the largest id shows.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    /// <exception cref="ArgumentException">A probability outside [0, 1].</exception>
    public static ScoredRows FromFile(string path, ScoreScale scale, int? labels = null)
    {
        var defaults = Core.Svmlight.defaults;
        var width = Interop.ToOption(labels);
        var options = new Core.SvmlightOptions(defaults.FeatureIds, defaults.LabelIds, width, width, defaults.BlockBytes);
        var read = Interop.Call(() => Core.Svmlight.read(options, path));
        var scores = SparseRows.Widen(read.Features, Math.Max(read.Features.Columns, read.Labels.Columns));
        int[][] sets = [.. Enumerable.Range(0, read.Rows).Select(row => read.Labels.RowIndices(row).ToArray())];
        return new(ScoreLists.OfIds(scale, scores), sets);
    }
}
