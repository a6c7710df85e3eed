namespace Limen;

/// <summary>
/// A fitted model of multi-label classification in which each label of each row has its own learned threshold.
/// Immutable, and safe for many threads at once.
/// </summary>
public sealed partial class AdaptiveThresholdModel
{
    private readonly Core.Model model;

    internal AdaptiveThresholdModel(Core.Model model) => this.model = model;

    internal Core.Model Fitted => model;

    /// <summary>The labels that the model knows, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels => model.Labels.Names;

    /// <summary>The settings of a new model, all at their defaults.</summary>
    /// <example><code>var model = AdaptiveThresholdModel.Builder().WithSeed(1).Fit(train, validation);</code></example>
    public static AdaptiveThresholdModelBuilder Builder() => new();

    /// <summary>What it reads texts with, the numbers that were chosen from the training texts among them, for each view; none for a model of features.</summary>
    public IReadOnlyList<VectoriserOptions> Vectorisers => [.. Core.InputSpaceModule.vectorisers(model.Input).Select(v => v.Options)];

    /// <summary>Loads a saved model.</summary>
    /// <param name="folder">Where it was saved.</param>
    /// <param name="tokenisers">What <see cref="Tokens.Of"/> was given when it was fitted, if it was: a model saves no code. Each is known by what it makes of a sample text.</param>
    /// <exception cref="ModelFormatException">It is damaged, incomplete, written by another version, no model, or asks for another tokeniser; the message says which.</exception>
    /// <exception cref="ArgumentException">A tokeniser is given that the model was not fitted with.</exception>
    /// <example><code>var model = AdaptiveThresholdModel.Load("model");</code></example>
    public static AdaptiveThresholdModel Load(string folder, params Func<string, IEnumerable<string>>[] tokenisers) =>
        new(Core.Store.loadWith(Given.All(tokenisers).ToFSharpList(), folder));

    /// <summary>
    /// Saves the model: a folder with manifest, checksums and weights, which takes the place of a model saved there before. Whenever the process or the machine ends, the old
    /// model or the new one is there, whole; a link to a folder stays a link.
    /// </summary>
    /// <param name="folder">Where to: a folder that is not there yet, is empty, or holds a saved model and nothing else.</param>
    /// <exception cref="IOException">Something else is in the way; the message names it, and nothing was written.</exception>
    /// <example><code>model.Save("model");</code></example>
    public void Save(string folder) => Core.Store.save(folder, model);

    /// <summary>
    /// Saves a model that holds no training row, as <see cref="Save"/> does. A model that looks for neighbours among its training rows holds their features and labels
    /// (SECURITY.md), and cannot do without.
    /// </summary>
    /// <param name="folder">Where to: a folder that is not there yet, is empty, or holds a saved model and nothing else.</param>
    /// <exception cref="InvalidOperationException">The model holds training rows; the message names what it holds.</exception>
    /// <exception cref="IOException">Something else is in the way; the message names it, and nothing was written.</exception>
    /// <example><code>model.SaveWithoutTrainingRows("shared");</code></example>
    public void SaveWithoutTrainingRows(string folder) => Core.Store.saveWithoutRows(folder, model);

    /// <summary>Predicts the labels of a text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The model was fitted on features.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    /// <example><code>string[] labels = [.. model.Predict("Throws when the stream is closed").Labels];</code></example>
    public Prediction Predict(string text) => Predict([Given.One(text)])[0];

    /// <summary>Predicts the labels of texts; a row's prediction does not depend on the others.</summary>
    /// <param name="texts">The texts.</param>
    /// <exception cref="ArgumentException">The model was fitted on features.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<string> texts) => Predict(MultiLabelDataset.OfTexts(texts));

    /// <summary>Predicts the labels of a row of sparse features.</summary>
    /// <param name="features">The features in any order, each at most once.</param>
    /// <exception cref="ArgumentException">The model was fitted on texts, or does not have one of the features.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public Prediction Predict(IReadOnlyList<(int Id, float Value)> features) => Predict([Given.One(features)])[0];

    /// <summary>Predicts the labels of rows of sparse features.</summary>
    /// <param name="rows">The features of each row.</param>
    /// <exception cref="ArgumentException">The model was fitted on texts, or does not have one of the features.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<IReadOnlyList<(int Id, float Value)>> rows) =>
        Predict(MultiLabelDataset.OfFeatures(rows));

    /// <summary>Predicts the labels of a dense vector.</summary>
    /// <param name="vector">As many numbers as the model has features, or fewer; NaN where one is missing.</param>
    /// <exception cref="ArgumentException">The model was fitted on texts, or on shorter vectors.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public Prediction Predict(float[] vector) => Predict([Given.One(vector)])[0];

    /// <summary>Predicts the labels of dense vectors; a row's prediction does not depend on the others.</summary>
    /// <param name="vectors">All of one length.</param>
    /// <exception cref="ArgumentException">The model was fitted on texts, or on shorter vectors.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<float[]> vectors) => Predict(MultiLabelDataset.OfVectors(vectors));

    /// <summary>Predicts the labels of a text with a dense vector beside it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vector">As many numbers as the model has features beside its texts, or fewer; NaN where one is missing.</param>
    /// <exception cref="ArgumentException">The model was not fitted on texts beside vectors, or on shorter ones.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public Prediction Predict(string text, float[] vector) => Predict(MultiLabelDataset.OfBoth(text, vector))[0];

    /// <summary>Predicts the labels of the rows of a data set, whose own labels are not looked at.</summary>
    /// <param name="rows">Rows of the kind that the model was fitted on.</param>
    /// <exception cref="ArgumentException">Rows of another kind.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    /// <example><code>foreach (var p in model.Predict(test)) Console.WriteLine(string.Join(", ", p.Labels));</code></example>
    public IReadOnlyList<Prediction> Predict(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Predict(rows.Labelled.Rows);
    }

    /// <summary>Predicts the labels of a text, with the training rows that voted.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    /// <example><code>foreach (var n in model.Explain("Throws when the stream is closed").Neighbours) Console.WriteLine($"{n.Row}: {n.Weight}");</code></example>
    public Explanation Explain(string text) => Explain(MultiLabelDataset.OfTexts([Given.One(text)]));

    /// <summary>Predicts the labels of a row of sparse features, with the training rows that voted.</summary>
    /// <param name="features">The features in any order, each at most once.</param>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public Explanation Explain(IReadOnlyList<(int Id, float Value)> features) => Explain(MultiLabelDataset.OfFeatures([Given.One(features)]));

    /// <summary>Predicts the labels of a dense vector, with the training rows that voted.</summary>
    /// <param name="vector">As many numbers as the model has features, or fewer; NaN where one is missing.</param>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public Explanation Explain(float[] vector) => Explain(MultiLabelDataset.OfVectors([Given.One(vector)]));

    /// <summary>Predicts the labels of a text with a dense vector beside it, with the training rows that voted.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vector">As many numbers as the model has features beside its texts, or fewer; NaN where one is missing.</param>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public Explanation Explain(string text, float[] vector) => Explain(MultiLabelDataset.OfBoth(text, vector));

    /// <summary>What it is: "8 labels of texts".</summary>
    public override string ToString() => $"{Labels.Count} labels of {Core.InputSpaceModule.kind(model.Input)}";

    /// <summary>Why a label is predicted for a text, or why it is not: below its threshold by how much, or not weighed at all, and its rank.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">The label's name.</param>
    /// <exception cref="ArgumentException">The model does not know the label, or was fitted on features.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    /// <example><code>Console.WriteLine(model.Why("Opens a socket.", "io"));</code></example>
    public LabelReason Why(string text, string label) => Why(MultiLabelDataset.OfTexts([Given.One(text)]), label);

    /// <summary>Why a label is predicted for a row of sparse features, or why it is not.</summary>
    /// <param name="features">The features in any order, each at most once.</param>
    /// <param name="label">The label's name.</param>
    /// <exception cref="ArgumentException">The model does not know the label, or was fitted on texts.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public LabelReason Why(IReadOnlyList<(int Id, float Value)> features, string label) => Why(MultiLabelDataset.OfFeatures([Given.One(features)]), label);

    /// <summary>Why a label is predicted for a dense vector, or why it is not.</summary>
    /// <param name="vector">As many numbers as the model has features, or fewer; NaN where one is missing.</param>
    /// <param name="label">The label's name.</param>
    /// <exception cref="ArgumentException">The model does not know the label, or was fitted on texts.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public LabelReason Why(float[] vector, string label) => Why(MultiLabelDataset.OfVectors([Given.One(vector)]), label);

    /// <summary>Why a label is predicted for a text with a dense vector beside it, or why it is not.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vector">As many numbers as the model has features beside its texts, or fewer; NaN where one is missing.</param>
    /// <param name="label">The label's name.</param>
    /// <exception cref="ArgumentException">The model does not know the label, or was not fitted on texts beside vectors.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    public LabelReason Why(string text, float[] vector, string label) => Why(MultiLabelDataset.OfBoth(text, vector), label);

    /// <summary>Measures the model on rows with known labels.</summary>
    /// <param name="rows">
    /// Rows of the kind that the model was fitted on, none of them used in fitting. A label that the model does not know counts as missed wherever a row has it.
    /// </param>
    /// <exception cref="ArgumentException">Rows of another kind.</exception>
    /// <exception cref="Core.ScoreNotFiniteException">A score is not finite: features are too large for what the model has learned. The message names the row.</exception>
    /// <example><code>Console.WriteLine(model.Evaluate(test).MicroF1);</code></example>
    public EvaluationReport Evaluate(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (space, data, evidence) = Core.Evaluation.ofRows(rows.Labelled, model);
        return new EvaluationReport(space, evidence, Warnings(data.Features, evidence.Predicted.Value));
    }

    /// <summary>The model label by label: support, threshold and, where rows are given, how it does on them.</summary>
    /// <param name="rows">Rows with known labels, none of them used in fitting; null: what the model itself holds.</param>
    /// <example><code>foreach (var label in model.LabelTable(test).OrderBy(label => label.F1)) Console.WriteLine(label);</code></example>
    public IReadOnlyList<LabelRow> LabelTable(MultiLabelDataset? rows = null) =>
        rows is null ? Core.LabelTable.ofModel(model) : Core.LabelTable.measured(rows.Labelled, model);

    /// <summary>The same as a file of comma-separated values.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="rows">Rows with known labels; null: what the model itself holds.</param>
    /// <example><code>model.SaveLabels("labels.csv", test);</code></example>
    public void SaveLabels(string path, MultiLabelDataset? rows = null) => Core.LabelTable.write(path, LabelTable(rows));

    /// <summary>Signs that the model fails on rows, each with its cause; the rows' own labels are not looked at.</summary>
    /// <param name="rows">Rows of the kind that the model was fitted on.</param>
    /// <example><code>foreach (var warning in model.Warnings(test)) Console.WriteLine($"{warning.Message}: {warning.Remedy}");</code></example>
    public IReadOnlyList<ModelWarning> Warnings(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var features = Features(rows.Labelled.Rows);
        return Warnings(features, Core.ModelModule.predict(features, model));
    }

    private IReadOnlyList<ModelWarning> Warnings(Kernels.CsrMatrix features, Core.LabelSets predicted) =>
        [.. Core.Diagnosis.ofPredictions(features, predicted, model)];

    private Prediction[] Predict(Core.Rows rows) => Core.Explanation.rows(Features(rows), model);

    private Explanation Explain(Core.Rows row) => Core.Explanation.row(0, Features(row), model);

    private LabelReason Why(Core.Rows row, string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Core.Explanation.label(label, 0, Features(row), model);
    }

    private Kernels.CsrMatrix Features(Core.Rows rows) => Core.InputSpaceModule.apply(model.Input, rows);

    /// <summary>The features that the model sees of the rows, with their label sets among the labels that it knows.</summary>
    private Core.Dataset Dataset(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Core.LabelledRowsModule.dataset(model.Input, Core.LabelledRowsModule.relabel(model.Labels, rows.Labelled));
    }
}
