namespace Limen;

/// <summary>
/// A fitted model of multi-label classification in which each label of each row has its own learned threshold.
/// Immutable, and safe for many threads at once.
/// </summary>
public sealed partial class AdaptiveThresholdModel
{
    private readonly Core.Model model;

    internal AdaptiveThresholdModel(Core.Model model) => this.model = model;

    /// <summary>The labels that the model knows, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels => model.Labels.Names;

    /// <summary>The settings of a new model, all at their defaults.</summary>
    public static AdaptiveThresholdModelBuilder Builder() => new(new ModelSettings());

    /// <summary>Loads a saved model.</summary>
    /// <param name="folder">Where it was saved.</param>
    /// <exception cref="ModelFormatException">It is damaged, incomplete, written by a newer version, or no model with
    /// scorers; the message says which.</exception>
    public static AdaptiveThresholdModel Load(string folder)
    {
        var model = Interop.Call(() => Core.Store.load(folder));
        return model.Scorers.IsEmpty
            ? throw new ModelFormatException(folder, "expected a model, found thresholds for the scores of another model")
            : new AdaptiveThresholdModel(model);
    }

    /// <summary>
    /// Saves the model: a folder with manifest, checksums and weights, which takes the place of a model saved there before.
    /// </summary>
    /// <param name="folder">Where to: a folder that is not there yet, is empty, or holds a saved model and nothing else.</param>
    /// <exception cref="IOException">Something else is in the way; the message names it, and nothing was written.</exception>
    public void Save(string folder) => Core.Store.save(folder, model);

    /// <summary>Predicts the labels of a text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The model was fitted on features.</exception>
    public Prediction Predict(string text) => Predict([text])[0];

    /// <summary>Predicts the labels of texts; a row's prediction does not depend on the others.</summary>
    /// <param name="texts">The texts.</param>
    /// <exception cref="ArgumentException">The model was fitted on features.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<string> texts) => Predict(RowInputs.OfTexts(texts));

    /// <summary>Predicts the labels of a row of sparse features.</summary>
    /// <param name="features">The features in any order, each at most once.</param>
    /// <exception cref="ArgumentException">The model was fitted on texts, or does not have one of the features.</exception>
    public Prediction Predict(IReadOnlyList<Feature> features) => Predict([features])[0];

    /// <summary>Predicts the labels of rows of sparse features.</summary>
    /// <param name="rows">The features of each row.</param>
    /// <exception cref="ArgumentException">The model was fitted on texts, or does not have one of the features.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<IReadOnlyList<Feature>> rows) =>
        Predict(RowInputs.OfFeatures(rows));

    /// <summary>Predicts the labels of the rows of a data set, whose own labels are not looked at.</summary>
    /// <param name="rows">Rows of the kind that the model was fitted on.</param>
    public IReadOnlyList<Prediction> Predict(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Predict(rows.Inputs);
    }

    /// <summary>Predicts the labels of a text, with the training rows that voted.</summary>
    /// <param name="text">The text.</param>
    public Explanation Explain(string text) => Explain(RowInputs.OfTexts([text]));

    /// <summary>Predicts the labels of a row of sparse features, with the training rows that voted.</summary>
    /// <param name="features">The features in any order, each at most once.</param>
    public Explanation Explain(IReadOnlyList<Feature> features) => Explain(RowInputs.OfFeatures([features]));

    /// <summary>Measures the model on rows with known labels.</summary>
    /// <param name="rows">Rows of the kind that the model was fitted on, none of them used in fitting.</param>
    /// <exception cref="ArgumentException">A label that the model does not know, or rows of another kind.</exception>
    public EvaluationReport Evaluate(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var data = rows.ToCore(model.Input, model.Labels);
        var scores = Core.ModelModule.scores(data.Features, model);
        var predicted = Core.DecisionModule.decide(model.Decision, scores);
        var probabilities = Core.DecisionModule.probabilities(model.Decision, scores);
        return new EvaluationReport(model.Labels, data.Labels, scores, probabilities, predicted, Warnings(data.Features, predicted));
    }

    /// <summary>Signs that the model fails on rows, each with its cause; the rows' own labels are not looked at.</summary>
    /// <param name="rows">Rows of the kind that the model was fitted on.</param>
    public IReadOnlyList<ModelWarning> Warnings(MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var features = rows.Inputs.Apply(model.Input);
        return Warnings(features, Core.ModelModule.predict(features, model));
    }

    private ModelWarning[] Warnings(Kernels.CsrMatrix features, Kernels.CsrMatrix predicted) =>
        [
            .. Core
                .Diagnosis.ofPredictions(features, predicted, model)
                .Select(warning => ModelWarning.OfCore(model.Labels, warning)),
        ];

    private Prediction[] Predict(RowInputs rows) =>
        [.. Core.Explanation.rows(rows.Apply(model.Input), model).Select(pairs => new Prediction(model.Labels, pairs))];

    private Explanation Explain(RowInputs row)
    {
        var features = row.Apply(model.Input);
        var pairs = Core.Explanation.row(0, features, model);
        int[] predicted = [.. pairs.Where(p => p.Predicted).Select(p => p.Label)];
        var voters = Core.Explanation.voters(0, features, predicted, model);
        return new Explanation(
            new Prediction(model.Labels, pairs),
            [.. voters.Select(v => new Neighbour(v.Row, v.Weight, [.. v.Labels.Select(model.Labels.Name)]))]
        );
    }
}
