using Limen.Kernels;

namespace Limen;

/// <summary>Rows with their label sets: texts, or sparse features. Immutable.</summary>
public sealed class MultiLabelDataset
{
    private MultiLabelDataset(RowInputs inputs, CsrMatrix labelSets, Core.LabelSpace space)
    {
        Inputs = inputs;
        LabelSets = labelSets;
        Space = space;
    }

    /// <summary>How many rows there are.</summary>
    public int Count => LabelSets.Rows;

    /// <summary>Whether the rows are texts; sparse features otherwise.</summary>
    public bool IsText => Inputs.Dimension is null;

    /// <summary>The labels that the data set knows, in the order of their ids; not every one need be in a row.</summary>
    public IReadOnlyList<string> Labels => Space.Names;

    internal RowInputs Inputs { get; }

    internal CsrMatrix LabelSets { get; }

    internal Core.LabelSpace Space { get; }

    /// <summary>
    /// Rows of a JSON lines file, <c>{"text": "...", "labels": ["a", "b"]}</c> a line; plain, .gz or .bz2.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    public static MultiLabelDataset FromJsonLines(string path) =>
        OfTexts(Interop.Call(() => Core.JsonLines.read(path)), null);

    /// <summary>Rows of text. Labels are those of the rows, in ordinal order.</summary>
    /// <param name="rows">The texts with their labels.</param>
    public static MultiLabelDataset FromTexts(IEnumerable<LabelledText> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        LabelledText[] all = Given.All<LabelledText>([.. rows]);
        return Named(RowInputs.OfTexts(all.Select(row => row.Text)), [.. all.Select(row => row.Labels)]);
    }

    /// <summary>Rows of sparse features. Labels are those of the rows, in ordinal order.</summary>
    /// <param name="rows">The features with their labels.</param>
    /// <param name="dimension">How many features there are; null: one more than the largest id.</param>
    /// <exception cref="ArgumentException">An id out of range or twice in a row, or a value that is not finite.</exception>
    public static MultiLabelDataset FromFeatures(IEnumerable<LabelledFeatures> rows, int? dimension = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        LabelledFeatures[] all = Given.All<LabelledFeatures>([.. rows]);
        return Named(RowInputs.OfFeatures(all.Select(row => row.Features), dimension), [.. all.Select(row => row.Labels)]);
    }

    /// <summary>
    /// Rows of a multi-label svmlight or XMC file, <c>l1,l2 f:v f:v</c> a line; plain, .gz or .bz2. Labels are named by
    /// their ids.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="featureIds">What feature ids count from.</param>
    /// <param name="labelIds">What label ids count from.</param>
    /// <exception cref="DataFormatException">A line that is not as it should be, or no row.</exception>
    public static MultiLabelDataset FromSvmlight(string path, IdBase featureIds = IdBase.Zero, IdBase labelIds = IdBase.Zero)
    {
        var defaults = Core.Svmlight.defaults;
        var options = new Core.SvmlightOptions(Base(featureIds), Base(labelIds), defaults.Features, defaults.Labels, defaults.BlockBytes);
        var rows = Interop.Call(() => Core.Svmlight.read(options, path));
        var first = labelIds == IdBase.One ? 1 : 0;
        return OfRows(rows, new Core.LabelSpace([.. Enumerable.Range(first, rows.Labels.Columns).Select(id => $"{id}")]));

        static Core.IdBase Base(IdBase ids) => ids == IdBase.One ? Core.IdBase.OneBased : Core.IdBase.ZeroBased;
    }

    /// <summary>
    /// A folder with train, optional dev or validation, and optional test files, as .jsonl or as svmlight (.svm,
    /// .svmlight, .txt),
    /// plain, .gz or .bz2; text wins where there are both. An optional labels.txt names the labels.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DataFormatException">A file that is not as it should be.</exception>
    /// <exception cref="ModelConfigurationException">There is no training file, or two for one part.</exception>
    public static DatasetSplit FromFolder(string directory)
    {
        var folder = Interop.Call(() => Core.Folder.read(Core.Folder.defaults, directory));
        return folder.Rows switch
        {
            Core.FolderRows.TextRows rows => Parts(rows.Item, part => OfTexts(part, folder.Labels)),
            Core.FolderRows.CountRows rows => Parts(rows.Item, part => OfRows(part, folder.Labels)),
            var other => throw new InvalidOperationException($"unknown rows {other}"),
        };
    }

    /// <summary>
    /// The data set that needs no download: the API documentation of the installed .NET SDK, one row a member, labelled
    /// with the types
    /// of its signature and the exceptions that it documents; split by a hash of the text.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">No SDK documentation is installed.</exception>
    public static DatasetSplit ApiDocumentation()
    {
        var docs = Interop.Call(Core.ApiDocs.read);
        var space = Core.LabelSpaceModule.ofText(docs);
        return Parts(docs, part => OfTexts(part, space));
    }

    /// <summary>Two parts by chance: the second holds the given share of the rows (at least one of two or more).</summary>
    /// <param name="seed">The same seed makes the same parts.</param>
    /// <param name="share">The second part's share, above 0 and below 1.</param>
    public (MultiLabelDataset Train, MultiLabelDataset HeldOut) Split(int seed, double share)
    {
        if (!(share > 0 && share < 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "expected a share above 0 and below 1");
        var order = Core.SeedModule.permutation(Count, Interop.ToSeed(seed));
        var held = Count < 2 ? 0 : Math.Max(1, (int)(Count * share));
        return (Select([.. order[held..].Order()]), Select([.. order[..held].Order()]));
    }

    /// <summary>The chosen rows, in the order given; the labels stay known.</summary>
    /// <param name="rows">Row numbers, counted from 0.</param>
    public MultiLabelDataset Select(IReadOnlyList<int> rows)
    {
        int[] chosen = [.. rows];
        return new(Inputs.Select(chosen), Core.Csr.selectRows(chosen, LabelSets), Space);
    }

    /// <summary>The labels of a row.</summary>
    /// <param name="row">Counted from 0.</param>
    public IReadOnlyList<string> LabelsOf(int row) => [.. LabelSets.RowIndices(row).ToArray().Select(Space.Name)];

    /// <summary>The text of a row; null where rows are features.</summary>
    /// <param name="row">Counted from 0.</param>
    public string? TextOf(int row) => Inputs.Text(row);

    /// <summary>The features of a row; null where rows are texts.</summary>
    /// <param name="row">Counted from 0.</param>
    public IReadOnlyList<Feature>? FeaturesOf(int row) => Inputs.Features(row);

    /// <summary>The features that a model sees of the rows, with their label sets among the labels that it knows.</summary>
    internal Core.Dataset ToCore(Core.InputSpace input, Core.LabelSpace labels) =>
        Core.DatasetModule.create(Inputs.Apply(input), SparseRows.Relabel(LabelSets, Space, labels));

    private static MultiLabelDataset Named(RowInputs inputs, IReadOnlyList<string>[] labels)
    {
        Given.All(labels);
        var space = new Core.LabelSpace([.. labels.SelectMany(names => names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        int[][] sets = [.. labels.Select(names => names.Select(name => space.TryId(name).Value).ToArray())];
        return new(inputs, Core.Csr.ofSets(space.Count, sets), space);
    }

    private static MultiLabelDataset OfTexts(Core.TextDataset rows, Core.LabelSpace? space)
    {
        space ??= Core.Pipeline.labelSpace([rows]);
        return new(new RowInputs(rows.Texts), Core.Pipeline.labelSets(space, rows), space);
    }

    private static MultiLabelDataset OfRows(Core.Dataset rows, Core.LabelSpace space) =>
        new(new RowInputs(rows.Features), rows.Labels, space);

    private static DatasetSplit Parts<T>(Core.Split<T> split, Func<T, MultiLabelDataset> read)
        where T : class
    {
        MultiLabelDataset? Optional(T? part) => part is null ? null : read(part);
        return new(read(split.Train), Optional(Interop.OfOption(split.Validation)), Optional(Interop.OfOption(split.Test)));
    }
}
