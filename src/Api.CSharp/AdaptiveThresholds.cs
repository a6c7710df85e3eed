namespace Limen;

/// <summary>
/// Thresholds and a decision for the scores of any other model: the way to put this library behind a classifier that is
/// there already, without training it again. Immutable.
/// </summary>
public sealed partial class AdaptiveThresholds
{
    private readonly Core.PostHocThresholds thresholds;

    internal AdaptiveThresholds(Core.PostHocThresholds thresholds) => this.thresholds = thresholds;

    /// <summary>The labels, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels => thresholds.Labels.Names;

    /// <summary>The settings of new thresholds, all at their defaults.</summary>
    /// <example><code>var fitted = AdaptiveThresholds.Builder().Fit(scores, validation);</code></example>
    public static AdaptiveThresholdsBuilder Builder() => new();

    /// <summary>Loads saved thresholds.</summary>
    /// <param name="folder">Where they were saved.</param>
    /// <exception cref="ModelFormatException">They are damaged, incomplete, written by a newer version, or a whole
    /// model; the message says which.</exception>
    /// <example><code>var fitted = AdaptiveThresholds.Load("thresholds");</code></example>
    public static AdaptiveThresholds Load(string folder) =>
        new(Core.Store.loadThresholds(folder));

    /// <summary>Saves to a folder, which takes the place of a model saved there before.</summary>
    /// <param name="folder">Where to: a folder that is not there yet, is empty, or holds a saved model and nothing else.</param>
    /// <exception cref="IOException">Something else is in the way; the message names it, and nothing was written.</exception>
    /// <example><code>fitted.Save("thresholds");</code></example>
    public void Save(string folder) => Core.Store.saveThresholds(folder, thresholds);

    /// <summary>Decides rows by their scores alone.</summary>
    /// <param name="scores">What the other model says of the rows.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or a local signal was fitted, which looks at
    /// texts or features.</exception>
    /// <example><code>foreach (var p in fitted.Decide(scores)) Console.WriteLine(string.Join(", ", p.Labels));</code></example>
    public IReadOnlyList<Prediction> Decide(ScoreLists scores) => Decide(scores, (Core.Rows?)null);

    /// <summary>Decides rows by their scores and texts.</summary>
    /// <param name="scores">What the other model says of the rows.</param>
    /// <param name="texts">The same rows.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or another number of rows.</exception>
    public IReadOnlyList<Prediction> Decide(ScoreLists scores, IEnumerable<string> texts) =>
        Decide(scores, MultiLabelDataset.OfTexts(texts));

    /// <summary>Decides rows by their scores and sparse features.</summary>
    /// <param name="scores">What the other model says of the rows.</param>
    /// <param name="features">The same rows.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, or another number of rows.</exception>
    public IReadOnlyList<Prediction> Decide(ScoreLists scores, IEnumerable<IReadOnlyList<(int Id, float Value)>> features) =>
        Decide(scores, MultiLabelDataset.OfFeatures(features));

    /// <summary>Measures the decisions on rows with known labels.</summary>
    /// <param name="scores">What the other model says of the rows.</param>
    /// <param name="rows">The same rows, with their labels; one that has no scores counts as missed wherever a row has it.</param>
    /// <exception cref="ArgumentException">Scores of other labels than were fitted, or another number of rows.</exception>
    /// <example><code>Console.WriteLine(fitted.Evaluate(scores, validation).MicroF1);</code></example>
    public EvaluationReport Evaluate(ScoreLists scores, MultiLabelDataset rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var space = Core.LabelSpaceModule.union(thresholds.Labels, rows.Labelled.Space);
        return Measured(Rows(scores, rows.Labelled), space, Core.LabelSpaceModule.relabel(rows.Labelled.Space, space, rows.Labelled.Truth));
    }

    /// <summary>Measures the decisions on rows with known labels, from their scores alone.</summary>
    /// <param name="scores">What the other model says of the rows.</param>
    /// <param name="labels">The ids of each row's true labels, counted from 0.</param>
    /// <exception cref="ArgumentException">Other labels than were fitted, another number of rows, or a local signal was fitted.</exception>
    public EvaluationReport Evaluate(ScoreLists scores, IReadOnlyList<IReadOnlyList<int>> labels) =>
        Measured(Rows(scores), thresholds.Labels, Truth(labels));

    private EvaluationReport Measured(Core.ExternalRows rows, Core.LabelSpace space, Core.LabelSets truth)
    {
        var fused = Core.PostHocThresholdsModule.scores(rows, thresholds);
        return new EvaluationReport(space, Core.Evaluation.decided(thresholds.Decision, rows.Weights, fused, truth), []);
    }

    private Prediction[] Decide(ScoreLists scores, Core.Rows? inputs) =>
        Core.PostHocThresholdsModule.explain(Rows(scores, inputs, null), thresholds);

    private Core.ExternalRows Rows(ScoreLists scores) => Rows(scores, null, null);

    private Core.ExternalRows Rows(ScoreLists scores, Core.LabelledRows rows) => Rows(scores, rows.Rows, rows.Weights);

    private Core.ExternalRows Rows(ScoreLists scores, Core.Rows? inputs, Microsoft.FSharp.Core.FSharpOption<float[]>? weights)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (!scores.Labels.SequenceEqual(Labels))
            throw new ArgumentException(
                $"expected scores of the {Labels.Count} labels that were fitted, in their order, received those of {scores.Labels.Count} labels",
                nameof(scores)
            );
        if (inputs is not null && inputs.Count != scores.Count)
            throw new ArgumentException($"expected {inputs.Count} rows as {inputs.Kind} were given, received scores of {scores.Count}", nameof(scores));
        var looksAtRows = thresholds.Input is not Core.InputSpace.Features { dimension: 0 };
        var features = looksAtRows && inputs is not null ? Core.InputSpaceModule.apply(thresholds.Input, inputs) : null;
        return new Core.ExternalRows(scores.Logits, features.ToOption(), weights);
    }
}
