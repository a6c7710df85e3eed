using Limen.Kernels;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Limen;

/// <summary>Rows with their label sets: texts, sparse features, or dense vectors. Immutable.</summary>
public sealed class MultiLabelDataset
{
    internal MultiLabelDataset(Core.LabelledRows rows) => Labelled = rows;

    /// <summary>How many rows there are.</summary>
    public int Count => Labelled.Count;

    /// <summary>Whether the rows are texts; features otherwise.</summary>
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
    /// Rows of a file of any of the formats that the library reads; plain, .gz or .bz2. Weights of the rows may stand in a file beside it with
    /// <c>.weight</c> after its name, one number a line.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The format's name, as <c>limen train --help</c> lists them; null: the one that the file's name and first line tell.</param>
    /// <param name="fields">Which columns or fields are what; null: by their usual names.</param>
    /// <param name="vectors">A file of vectors that are the rows' features, row by row, or what stands in the place of the file's ending; null: none.</param>
    /// <param name="formats">What a file may be: <c>DataFiles.All</c> of the package Limen.Data; null: the formats of the library.</param>
    /// <param name="cancellationToken">Ends the reading soon after it is cancelled.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    /// <exception cref="ModelConfigurationException">There is no such file or format, or nothing tells which it is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example><code>var data = MultiLabelDataset.FromFile("posts.csv", fields: new() { Text = ["body"], Labels = ["tags"], Separator = ";" });</code></example>
    public static MultiLabelDataset FromFile(
        string path,
        string? format = null,
        Fields? fields = null,
        string? vectors = null,
        FileFormats? formats = null,
        CancellationToken cancellationToken = default
    ) => new(Reading(cancellationToken, () => Core.DataSource.readFile(Options(format, fields, vectors, null, formats), path)));

    /// <summary>Rows of a table, CSV or TSV: texts or numbers in columns, labels as a list in a column or as columns of 0 and 1; plain, .gz or .bz2.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fields">Which columns are what; null: by their usual names.</param>
    /// <param name="cancellationToken">Ends the reading soon after it is cancelled.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example><code>var data = MultiLabelDataset.FromCsv("posts.csv", new() { Text = ["body"], Labels = ["tags"] });</code></example>
    public static MultiLabelDataset FromCsv(string path, Fields? fields = null, CancellationToken cancellationToken = default) =>
        FromFile(path, "csv", fields, cancellationToken: cancellationToken);

    /// <summary>
    /// Rows of a JSON lines file, <c>{"text": "...", "labels": ["a", "b"]}</c> a line, optionally with <c>"weight"</c>; plain, .gz or .bz2.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading soon after it is cancelled.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example><code>var rows = MultiLabelDataset.FromJsonLines("train.jsonl");</code></example>
    public static MultiLabelDataset FromJsonLines(string path, CancellationToken cancellationToken = default) =>
        new(Reading(cancellationToken, () => Core.InputFormats.read(Core.InputFormats.find("jsonl").ToOption(), path)));

    /// <summary>
    /// Rows of a multi-label svmlight or XMC file, <c>l1,l2 f:v f:v</c> a line; plain, .gz or .bz2. Labels are named by their ids.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="firstFeature">What feature ids count from: 0, or 1 by LIBSVM's convention.</param>
    /// <param name="firstLabel">What label ids count from: 0 or 1.</param>
    /// <param name="cancellationToken">Ends the reading soon after it is cancelled.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example><code>var rows = MultiLabelDataset.FromSvmlight("train.svm", firstFeature: 1);</code></example>
    public static MultiLabelDataset FromSvmlight(string path, int firstFeature = 0, int firstLabel = 0, CancellationToken cancellationToken = default)
    {
        var defaults = Core.Svmlight.defaults;
        var options = new Core.SvmlightOptions(Base(firstFeature), Base(firstLabel), defaults.Features, defaults.Labels, defaults.BlockBytes);
        return new(Reading(cancellationToken, () => Core.InputFormats.read(Core.Svmlight.format(options).ToOption(), path)));
    }

    /// <summary>
    /// A folder with train, optional dev (validation, valid, val), and optional test files of one of the formats that the library reads (FromFile), or one file
    /// whose rows are split. An optional labels.txt names the labels. All parts know the same labels.
    /// </summary>
    /// <param name="path">The folder, or the one file.</param>
    /// <param name="format">The format's name; null: the one that the training file's name and first line tell.</param>
    /// <param name="fields">Which columns or fields are what; null: by their usual names.</param>
    /// <param name="vectors">What stands in the place of each file's ending in the files of vectors that are the rows' features, as ".npy"; null: none.</param>
    /// <param name="split">How the rows of one file become parts; null: as the column <c>Fields.Part</c> says, else all rows are training rows.</param>
    /// <param name="formats">What a file may be: <c>DataFiles.All</c> of the package Limen.Data; null: the formats of the library.</param>
    /// <param name="report">Gets what was read, in lines: files, formats, rows, labels, what was chosen and what is odd.</param>
    /// <param name="cancellationToken">Ends the reading soon after it is cancelled.</param>
    /// <exception cref="DataFormatException">A file that is not as it should be.</exception>
    /// <exception cref="ModelConfigurationException">There is no training file, or two for one part, or the split cannot be.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example><code>var (train, validation, test) = MultiLabelDataset.FromFolder("scans.csv", fields: new() { Group = "patient" }, split: new(SplitBy.Groups, 0.1, 0.1));</code></example>
    public static (MultiLabelDataset Train, MultiLabelDataset? Validation, MultiLabelDataset? Test) FromFolder(
        string path,
        string? format = null,
        Fields? fields = null,
        string? vectors = null,
        SplitOptions? split = null,
        FileFormats? formats = null,
        Action<string>? report = null,
        CancellationToken cancellationToken = default
    )
    {
        var data = Reading(
            cancellationToken,
            () => Core.DataSource.read(Options(format, fields, vectors, split, formats), ListModule.OfSeq([path]))
        );
        foreach (var line in Core.ReadReportModule.lines(data.Report)) report?.Invoke(line);
        var rows = data.Rows;
        return (new(rows.Train), Optional(rows.Validation.ToNull()), Optional(rows.Test.ToNull()));

        static MultiLabelDataset? Optional(Core.LabelledRows? part) => part is null ? null : new(part);
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
    public override string ToString() => $"{Count} {(IsText ? "texts" : "rows of features")}, {Labels.Count} labels";

    /// <summary>The labels of a row.</summary>
    /// <param name="row">Counted from 0.</param>
    public IReadOnlyList<string> LabelsOf(int row) => [.. Labelled.Truth.Matrix.RowIndices(row).ToArray().Select(Labelled.Space.Name)];

    /// <summary>The text of a row; null where rows are features.</summary>
    /// <param name="row">Counted from 0.</param>
    public string? TextOf(int row) => Labelled.Rows is Core.Rows.Texts texts ? texts.Item[row] : null;

    /// <summary>The features of a row that are not 0; null where rows are texts.</summary>
    /// <param name="row">Counted from 0.</param>
    public IReadOnlyList<(int Id, float Value)>? FeaturesOf(int row) =>
        Core.RowsModule.tryFeatures(Core.RowsModule.selectRows([row], Labelled.Rows)).ToNull() is { } x
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

    private static MultiLabelDataset Named(Core.Rows rows, IEnumerable<IReadOnlyList<string>> labels)
    {
        string[][] sets = [.. Given.All<IReadOnlyList<string>>([.. labels], nameof(labels)).Select(names => names.ToArray())];
        return new(Core.LabelledRowsModule.ofNames(rows, sets));
    }

    /// <summary>What is read, in a scope of the token.</summary>
    private static T Reading<T>(CancellationToken cancellationToken, Func<T> read) =>
        Core.Cancellation.within(cancellationToken, FuncConvert.FromFunc(read));

    private static Core.DataOptions Options(
        string? format,
        Fields? fields,
        string? vectors,
        SplitOptions? split,
        FileFormats? formats
    )
    {
        var defaults = Core.DataSource.defaults;
        var options = new Core.DataOptions(
            (formats ?? FileFormats.Usual).Entries,
            null,
            fields ?? new(),
            vectors?.ToOption(),
            split?.ToOption(),
            defaults.Seed,
            defaults.Cache
        );
        return format is null ? options : Core.DataSource.withFormat(format, options);
    }

    private static Core.IdBase Base(int first) =>
        first switch
        {
            0 => Core.IdBase.Zero,
            1 => Core.IdBase.One,
            _ => throw new ArgumentOutOfRangeException(nameof(first), first, "expected ids that count from 0 or from 1"),
        };
}
