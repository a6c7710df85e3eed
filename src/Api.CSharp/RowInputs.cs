using Limen.Kernels;

namespace Limen;

/// <summary>Rows as they come in: texts, or sparse features.</summary>
internal sealed class RowInputs
{
    private readonly string[]? texts;
    private readonly CsrMatrix? features;

    public RowInputs(string[] texts) => this.texts = texts;

    public RowInputs(CsrMatrix features) => this.features = features;

    public static RowInputs OfTexts(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new(Given.All<string>([.. texts]));
    }

    public static RowInputs OfFeatures(IEnumerable<IReadOnlyList<Feature>> rows, int? dimension = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new(SparseRows.Create(rows.Select(row => row.Select(f => (f.Id, f.Value))), dimension, "feature"));
    }

    public string Kind => texts is null ? "features" : "texts";

    public int Count => texts?.Length ?? features!.Rows;

    public int? Dimension => features?.Columns;

    public RowInputs Select(int[] rows) =>
        texts is null ? new(Core.Csr.selectRows(rows, features)) : new([.. rows.Select(row => texts[row])]);

    public string? Text(int row) => texts?[row];

    public IReadOnlyList<Feature>? Features(int row) =>
        features is null
            ? null
            : [.. features.RowIndices(row).ToArray().Zip(features.RowValues(row).ToArray(), (id, value) => new Feature(id, value))];

    /// <summary>What becomes of such rows before a model sees them, fitted on these, the training rows.</summary>
    public Core.InputSpace Fit(VectoriserOptions vectoriser, FeatureKind kind, int? dimension) =>
        (texts, kind) switch
        {
            ({ } all, _) => Core.InputSpace.NewTexts(Core.VectoriserModule.fit(vectoriser.ToCore(), all)),
            (null, FeatureKind.TermCounts) => Core.InputSpace.NewTermCounts(
                Core.TfIdfWeightsModule.fit(Core.TermFrequency.Sublinear, SparseRows.Widen(features!, dimension ?? features!.Columns))
            ),
            (null, FeatureKind.Measurements) => Core.InputSpace.NewMeasurements(
                Core.StandardiserModule.fit(SparseRows.Widen(features!, dimension ?? features!.Columns))
            ),
            _ => Core.InputSpace.NewFeatures(dimension ?? features!.Columns),
        };

    /// <summary>The features [N, D] that a model sees of these rows.</summary>
    /// <exception cref="ArgumentException">Texts for a model of features, or features for a model of texts.</exception>
    public CsrMatrix Apply(Core.InputSpace input) =>
        (input, texts) switch
        {
            (Core.InputSpace.Texts fitted, { } all) => Core.VectoriserModule.apply(fitted.Item, all),
            (Core.InputSpace.TermCounts fitted, null) => Core.TfIdfWeightsModule.apply(
                fitted.Item,
                SparseRows.Widen(features!, fitted.Item.Idf.Length)
            ),
            (Core.InputSpace.Measurements fitted, null) => Core.StandardiserModule.apply(
                fitted.Item,
                SparseRows.Widen(features!, fitted.Item.Mean.Length)
            ),
            (Core.InputSpace.Features fitted, null) => SparseRows.Widen(features!, fitted.dimension),
            (_, null) => throw new ArgumentException("the model was fitted on texts: expected texts, received features"),
            _ => throw new ArgumentException("the model was fitted on features: expected features, received texts"),
        };
}
