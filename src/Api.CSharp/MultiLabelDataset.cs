using Limen.Kernels;

namespace Limen;

/// <summary>Rows with their label sets: texts, sparse features, dense vectors, or several of these beside each other. Immutable.</summary>
public sealed partial class MultiLabelDataset
{
    internal MultiLabelDataset(Core.LabelledRows rows) => Labelled = rows;

    /// <summary>How many rows there are.</summary>
    public int Count => Labelled.Count;

    /// <summary>Whether the rows are texts and nothing else; features, or texts beside features, otherwise.</summary>
    public bool IsText => Labelled.Rows.IsTexts;

    /// <summary>The labels that the data set knows, in the order of their ids; not every one need be in a row.</summary>
    public IReadOnlyList<string> Labels => Labelled.Space.Names;

    internal Core.LabelledRows Labelled { get; }

    /// <summary>Rows of text. Labels are those of the rows, in ordinal order.</summary>
    /// <param name="rows">The texts with their labels.</param>
    /// <example><code>var data = MultiLabelDataset.FromTexts([("Reads the next line.", ["io", "text"]), ("Opens a socket.", ["net"])]);</code></example>
    public static MultiLabelDataset FromTexts(IEnumerable<(string Text, IReadOnlyList<string> Labels)> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (string Text, IReadOnlyList<string> Labels)[] all = [.. rows];
        return Named(Core.Rows.NewTexts(Given.All([.. all.Select(row => row.Text)], nameof(rows))), all.Select(row => row.Labels));
    }

    /// <summary>Rows of sparse features. Labels are those of the rows, in ordinal order.</summary>
    /// <param name="rows">The features in any order, each at most once, with the rows' labels.</param>
    /// <param name="dimension">How many features there are; null: one more than the largest id.</param>
    /// <exception cref="ArgumentException">An id out of range or twice in a row, or an infinite value; NaN is a missing one.</exception>
    public static MultiLabelDataset FromFeatures(
        IEnumerable<(IReadOnlyList<(int Id, float Value)> Features, IReadOnlyList<string> Labels)> rows,
        int? dimension = null
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        (IReadOnlyList<(int Id, float Value)> Features, IReadOnlyList<string> Labels)[] all = [.. rows];
        return Named(OfFeatures(all.Select(row => row.Features), dimension), all.Select(row => row.Labels));
    }

    /// <summary>Rows of dense vectors. Labels are those of the rows, in ordinal order.</summary>
    /// <param name="vectors">[N, D], finite numbers, or NaN where one is missing.</param>
    /// <param name="labels">The labels of each row.</param>
    /// <exception cref="ArgumentException">Another number of label sets than of vectors.</exception>
    public static MultiLabelDataset FromVectors(float[,] vectors, IEnumerable<IReadOnlyList<string>> labels)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(labels);
        return Named(Core.Rows.NewDense((float[,])vectors.Clone()), labels);
    }

    /// <summary>Rows of dense vectors. Labels are those of the rows, in ordinal order.</summary>
    /// <param name="rows">The vectors, all of one length, of finite numbers, or NaN where one is missing, with the rows' labels.</param>
    /// <exception cref="ArgumentException">Vectors of different lengths; the message counts rows from 1.</exception>
    /// <example><code>var rows = MultiLabelDataset.FromVectors([(new float[] { 0.5f, 2f }, ["a", "b"]), (new float[] { 1f, 0f }, [])]);</code></example>
    public static MultiLabelDataset FromVectors(IEnumerable<(float[] Vector, IReadOnlyList<string> Labels)> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (float[] Vector, IReadOnlyList<string> Labels)[] all = [.. rows];
        return Named(OfVectors(all.Select(row => row.Vector)), all.Select(row => row.Labels));
    }

    /// <summary>
    /// The same rows, each of which counts as much as its weight says, in training, decisions and measures: a row of weight 2 as that row twice.
    /// </summary>
    /// <param name="weights">A number of 0 to 1e6 for each row.</param>
    /// <exception cref="ArgumentException">Another number of weights than of rows, or one out of range.</exception>
    /// <example><code>var weighed = train.WithWeights(Enumerable.Repeat(2f, train.Count));</code></example>
    public MultiLabelDataset WithWeights(IEnumerable<float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(Core.LabelledRowsModule.weighted([.. weights], Labelled));
    }

    /// <summary>
    /// The same rows with what others have beside it: texts with measurements of the same rows, say. A model reads each in its own way, its linear models learn from each, and one
    /// decision joins them; its network and its neighbours look at the first of them. Labels and weights are these rows' own.
    /// </summary>
    /// <param name="others">As many rows, in the same order; their labels are not looked at.</param>
    /// <exception cref="ArgumentException">More or fewer rows.</exception>
    /// <example><code>var rows = MultiLabelDataset.FromTexts(tickets).Beside(MultiLabelDataset.FromVectors(measured));</code></example>
    public MultiLabelDataset Beside(MultiLabelDataset others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return new(Core.LabelledRowsModule.beside(others.Labelled.Rows, Labelled));
    }

    /// <summary>Two parts by chance: the second holds the given share of the rows (at least one of two or more).</summary>
    /// <param name="seed">The same seed makes the same parts.</param>
    /// <param name="share">The second part's share, above 0 and below 1.</param>
    /// <example><code>var (learned, held) = train.Split(seed: 1, share: 0.2);</code></example>
    public (MultiLabelDataset Train, MultiLabelDataset HeldOut) Split(int seed, double share)
    {
        if (!(share > 0 && share < 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "expected a share above 0 and below 1");
        var (kept, held) = Core.LabelledRowsModule.holdOut(share, seed.ToSeed(), Labelled);
        return (new(kept), new(held));
    }

    /// <summary>The chosen rows, in the order given; the labels stay known.</summary>
    /// <param name="rows">Row numbers, counted from 0.</param>
    /// <example><code>var first = train.Select([0, 1, 2]);</code></example>
    public MultiLabelDataset Select(IReadOnlyList<int> rows) => new(Core.LabelledRowsModule.selectRows([.. rows], Labelled));

    /// <summary>What it is: "90 texts, 8 labels".</summary>
    public override string ToString() => $"{Count} {(IsText ? "texts" : $"rows of {Labelled.Rows.Kind}")}, {Labels.Count} labels";

    /// <summary>The labels of a row.</summary>
    /// <param name="row">Counted from 0.</param>
    public IReadOnlyList<string> LabelsOf(int row) => [.. Labelled.Truth.Matrix.RowIndices(row).ToArray().Select(Labelled.Space.Name)];

    /// <summary>The text of a row, the first where it has several beside each other; null where rows have none.</summary>
    /// <param name="row">Counted from 0.</param>
    public string? TextOf(int row) => Core.RowsModule.tryTexts(Labelled.Rows).ToNull()?[row];

    /// <summary>The features of a row that are not 0, the first where it has several beside each other; null where rows have none.</summary>
    /// <param name="row">Counted from 0.</param>
    public IReadOnlyList<(int Id, float Value)>? FeaturesOf(int row) =>
        Core.RowsModule.blocks(Core.RowsModule.selectRows([row], Labelled.Rows)).Select(block => Core.RowsModule.tryFeatures(block).ToNull()).FirstOrDefault(x => x is not null) is { } x
            ? [.. x.RowIndices(0).ToArray().Zip(x.RowValues(0).ToArray())]
            : null;

    /// <summary>Texts before a model makes features of them.</summary>
    internal static Core.Rows OfTexts(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Core.Rows.NewTexts(Given.All<string>([.. texts], nameof(texts)));
    }

    /// <summary>Sparse features before a model weighs or scales them.</summary>
    internal static Core.Rows OfFeatures(IEnumerable<IReadOnlyList<(int Id, float Value)>> rows, int? dimension = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Core.Rows.NewFeatures(SparseRows.Create(rows, dimension, "feature", mayBeMissing: true));
    }

    /// <summary>Dense vectors before a model scales them.</summary>
    internal static Core.Rows OfVectors(IEnumerable<float[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var all = Given.All<float[]>([.. vectors], nameof(vectors));
        var numbers = new float[all.Length, all.Length == 0 ? 0 : all[0].Length];
        for (var row = 0; row < all.Length; row++)
        {
            if (all[row].Length != numbers.GetLength(1))
                throw new ArgumentException($"row {row + 1}: expected {numbers.GetLength(1)} numbers as in the first row, received {all[row].Length}", nameof(vectors));
            for (var column = 0; column < all[row].Length; column++) numbers[row, column] = all[row][column];
        }
        return Core.Rows.NewDense(numbers);
    }

    /// <summary>A text with a dense vector beside it.</summary>
    internal static Core.Rows OfBoth(string text, float[] vector) =>
        Core.RowsModule.beside(OfVectors([Given.One(vector)]), OfTexts([Given.One(text)]));

    private static MultiLabelDataset Named(Core.Rows rows, IEnumerable<IReadOnlyList<string>> labels)
    {
        string[][] sets = [.. Given.All<IReadOnlyList<string>>([.. labels], nameof(labels)).Select(names => names.ToArray())];
        return new(Core.LabelledRowsModule.ofNames(rows, sets));
    }
}
