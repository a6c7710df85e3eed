using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Thresholds for the scores of another model.</summary>
public sealed class OwnScoresTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    /// <summary>A model whose scores can be read off its candidates: a linear scorer has no thresholds of its own, and nothing is stacked.</summary>
    private static readonly Lazy<AdaptiveThresholdModel> Linear = new(() =>
        AdaptiveThresholdModel
            .Builder()
            .WithScorers(Scorers.Linear())
            .WithSignals(Signals.Idf())
            .WithAveragedScores()
            .WithValidationOnly()
            .Fit(TextProblem.Train, TextProblem.Validation)
    );

    private static ScoreLists Scores(MultiLabelDataset rows)
    {
        var ids = Linear.Value.Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        var predictions = Linear.Value.Predict(rows);
        return ScoreLists.FromRows(Linear.Value.Labels, ScoreScale.Logits, predictions.Select(p => p.Candidates.Select(c => (ids[c.Label], c.Score))));
    }

    private static IEnumerable<string[]> Labels(IEnumerable<Prediction> predictions) => predictions.Select(p => p.Labels.Order().ToArray());

    [Test]
    public void The_scores_of_a_model_are_decided_as_the_model_itself_decides()
    {
        var thresholds = AdaptiveThresholds
            .Builder()
            .WithSignals(Signals.Idf())
            .WithScoresAsGiven()
            .WithTrainingRows(TextProblem.Train)
            .Fit(Scores(TextProblem.Validation), TextProblem.Validation);
        Same.Predictions(Linear.Value.Predict(TextProblem.Test), thresholds.Decide(Scores(TextProblem.Test)));
    }

    [Test]
    public void A_label_without_scores_counts_as_missed()
    {
        var thresholds = AdaptiveThresholds.Builder().Fit(Scores(TextProblem.Validation), TextProblem.Validation);
        var rows = MultiLabelDataset.FromTexts([("reads the file", ["file"]), ("reads the moon", ["moon"])]);
        var report = thresholds.Evaluate(Scores(rows), rows);
        Assert.That(report.Labels.Single(l => l.Label == "moon"), Is.EqualTo(("moon", 1.0, 0.0, 0.0, 0.0)));
    }

    [Test]
    public void Raising_a_threshold_never_adds_a_label()
    {
        HashSet<string>[]? before = null;
        foreach (var threshold in new[] { -3.0, -1.0, -0.5, 0.0, 0.3, 1.0, 4.0 })
        {
            var thresholds = AdaptiveThresholds.Builder().WithDecision(Decisions.Fixed(threshold)).Fit(Scores(TextProblem.Validation), TextProblem.Validation);
            HashSet<string>[] now = [.. thresholds.Decide(Scores(TextProblem.Test)).Select(p => p.Labels.ToHashSet())];
            if (before is not null)
                Assert.That(now.Zip(before, (higher, lower) => higher.IsSubsetOf(lower)), Has.All.True);
            before = now;
        }
    }

    [Test]
    public void A_local_signal_looks_at_texts()
    {
        var builder = AdaptiveThresholds.Builder().WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 5));
        var scores = Scores(TextProblem.Test);
        foreach (var thresholds in new[] { builder, builder.WithTrainingRows(TextProblem.Train) }.Select(b => b.Fit(Scores(TextProblem.Validation), TextProblem.Validation)))
        {
            Assert.That(thresholds.Decide(scores, TextProblem.Texts(TextProblem.Test)).SelectMany(p => p.Candidates), Has.Some.Matches<Candidate>(c => c.Local != 0));
            Assert.That(thresholds.Evaluate(scores, TextProblem.Test).MicroF1, Is.GreaterThan(0.9));
            Assert.That(() => thresholds.Decide(scores), Throws.ArgumentException.With.Message.Contains("expected features, received none"));
        }
        var fault = Assert.Throws<ModelConfigurationException>(() => builder.Fit(ThreeLabels(0.9, 0.8), [[0], [1]]))!;
        Assert.That(fault.Faults.Single(), Does.StartWith("signals: the local signal looks at the rows"));
    }

    [Test]
    public void A_local_signal_of_predictions_takes_the_scores_for_them()
    {
        var builder = AdaptiveThresholds.Builder().WithSignals(Signals.Idf(), Signals.LabelAgreement());
        var thresholds = builder.Fit(Scores(TextProblem.Validation), TextProblem.Validation);
        var predictions = thresholds.Decide(Scores(TextProblem.Test));
        Assert.That(predictions.SelectMany(p => p.Candidates), Has.Some.Matches<Candidate>(c => c.Local != 0));
        var fault = Assert.Throws<ModelConfigurationException>(() =>
            builder.WithTrainingRows(TextProblem.Train).Fit(Scores(TextProblem.Validation), TextProblem.Validation)
        )!;
        Assert.That(fault.Faults.Single(), Does.StartWith("signals: label-agreement learns from predictions"));
    }

    [Test]
    public void A_score_out_of_range_is_named_whether_it_is_kept_or_not(
        [Values(float.NaN, float.NegativeInfinity, float.PositiveInfinity, -2e9f)] float score,
        [Values(1, 2, 60)] int keep
    ) =>
        Assert.That(
            () => ScoreLists.FromMatrix(new[,] { { 2f, 1f }, { 1f, score } }, ScoreScale.Logits, keep: keep),
            Throws.ArgumentException.With.Message.StartsWith($"row 2, label 1: expected a score from -1E+09 to 1E+09, received {score}")
        );

    [Test]
    public void Scores_that_never_reach_one_half_are_mended()
    {
        // a model that ranks well and is never sure: 0.02 for a true label, 0.01 for others
        int[][] truth = [.. Enumerable.Range(0, 60).Select(row => new[] { row % 5 == 0 ? 2 : row % 2 })];
        var scores = ScoreLists.FromRows(3, ScoreScale.Probabilities, truth.Select(set => Enumerable.Range(0, 3).Select(l => (l, set.Contains(l) ? 0.02 : 0.01))));
        var atOneHalf = AdaptiveThresholds.Builder().WithDecision(Decisions.Fixed()).WithScoresAsGiven().Fit(scores, truth);
        var fitted = AdaptiveThresholds.Builder().Fit(scores, truth);
        Assert.That(atOneHalf.Evaluate(scores, truth).MicroF1, Is.Zero);
        Assert.That(fitted.Evaluate(scores, truth).MacroF1A, Is.EqualTo(1));
    }

    [Test]
    public void Saving_and_loading_is_the_identity_on_decisions()
    {
        using var folder = new TemporaryFolder();
        var thresholds = AdaptiveThresholds.Builder().WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 5)).Fit(Scores(TextProblem.Validation), TextProblem.Validation);
        thresholds.Save(folder.File("thresholds"));
        var again = AdaptiveThresholds.Load(folder.File("thresholds"));
        var (scores, texts) = (Scores(TextProblem.Test), TextProblem.Texts(TextProblem.Test));
        Same.Predictions(thresholds.Decide(scores, texts), again.Decide(scores, texts));
        Assert.That(() => AdaptiveThresholdModel.Load(folder.File("thresholds")), Throws.TypeOf<ModelFormatException>());
        TextProblem.Model.Save(folder.File("model"));
        Assert.That(() => AdaptiveThresholds.Load(folder.File("model")), Throws.TypeOf<ModelFormatException>());
    }

    [Test]
    public void Lists_a_matrix_and_a_file_of_the_same_scores_are_decided_alike()
    {
        using var folder = new TemporaryFolder();
        var file = ScoreLists.FromFile(folder.Write("scores.svm", "0 0:0.9 1:0.2 2:0.1", "1,2 0:0.3 1:0.6 2:0.7"), ScoreScale.Probabilities);
        var matrix = ScoreLists.FromMatrix(new[,] { { 0.9f, 0.2f, 0.1f }, { 0.3f, 0.6f, 0.7f } }, ScoreScale.Probabilities);
        var lists = ScoreLists.FromRows(3, ScoreScale.Probabilities, [[(2, 0.1), (0, 0.9), (1, 0.2)], [(0, 0.3), (1, 0.6), (2, 0.7)]]);
        var thresholds = AdaptiveThresholds.Builder().WithDecision(Decisions.Fixed()).WithScoresAsGiven().Fit(file.Scores, file.Labels);
        Assert.That(file.Labels, Is.EqualTo(new int[][] { [0], [1, 2] }));
        Assert.That(Labels(thresholds.Decide(file.Scores)), Is.EqualTo(new string[][] { ["0"], ["1", "2"] }));
        Same.Predictions(thresholds.Decide(file.Scores), thresholds.Decide(matrix));
        Same.Predictions(thresholds.Decide(file.Scores), thresholds.Decide(lists));
    }

    [Test]
    public void Of_a_matrix_the_best_labels_are_kept()
    {
        var scores = ScoreLists.FromMatrix(new[,] { { 1f, 3f, 2f } }, ScoreScale.Logits, Names, keep: 2);
        var thresholds = AdaptiveThresholds.Builder().WithDecision(Decisions.Fixed(-10)).WithScoresAsGiven().Fit(scores, [[0]]);
        Assert.That(thresholds.Decide(scores).Single().Labels, Is.EqualTo(["b", "c"]));
    }

    [Test]
    public void Probabilities_are_between_zero_and_one()
    {
        Assert.That(
            () => ThreeLabels(0.5, 1.5),
            Throws.ArgumentException.With.Message.StartsWith("row 2, label 0: expected a probability in [0, 1], received 1.5")
        );
        Assert.That(() => ThreeLabels(0.0, 1.0), Throws.Nothing);
    }

    [Test]
    public void Sizes_and_labels_have_to_agree()
    {
        var scores = ThreeLabels(0.9, 0.8);
        var thresholds = AdaptiveThresholds.Builder().Fit(scores, [[0], [1]]);
        var others = ScoreLists.FromRows(["a", "b"], ScoreScale.Logits, [[(0, 1.0)]]);
        Assert.That(() => AdaptiveThresholds.Builder().Fit(scores, [[0]]), Throws.ArgumentException.With.Message.Contains("[2; 3]").And.Message.Contains("[1; 3]"));
        Assert.That(() => AdaptiveThresholds.Builder().Fit(scores, [[0], [3]]), Throws.ArgumentException.With.Message.StartsWith("row 2: expected label ids from 0 to 2, received 3"));
        Assert.That(() => thresholds.Decide(others), Throws.ArgumentException.With.Message.StartsWith("expected scores of the 3 labels that were fitted"));
        Assert.That(() => thresholds.Decide(scores, ["one text"]), Throws.ArgumentException.With.Message.StartsWith("expected 1 rows as texts were given"));
    }

    /// <summary>A row for each score of the first label.</summary>
    private static ScoreLists ThreeLabels(params double[] first) =>
        ScoreLists.FromRows(Names, ScoreScale.Probabilities, first.Select(score => new[] { (0, score), (1, 0.3) }));
}
