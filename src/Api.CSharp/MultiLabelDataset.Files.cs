using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Limen;

/// <content>Rows of files.</content>
public sealed partial class MultiLabelDataset
{
    /// <summary>
    /// Rows of a file of any of the formats that the library reads; plain, .gz or .bz2. Weights of the rows may stand in a file beside it with
    /// <c>.weight</c> after its name, one number a line.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The format's name, as <c>limen train --help</c> lists them; null: the one that the file's name and first line tell.</param>
    /// <param name="fields">Which columns or fields are what; null: by their usual names.</param>
    /// <param name="vectors">A file of vectors that are the rows' features, row by row, beside the texts where <c>Fields.Text</c> names them, or what stands in the place of the file's ending; null: none.</param>
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
    /// <param name="vectors">What stands in the place of each file's ending in the files of vectors that are the rows' features, as ".npy", beside the texts where <c>Fields.Text</c> names them; null: none.</param>
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
