using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Calibrated probabilities and promises about new rows, each from rows of its own.</summary>
public sealed class GuaranteeTests
{
    private static readonly MultiLabelDataset Fresh = TextProblem.Dataset(150, 4);

    private static readonly AdaptiveThresholdModel Model = TextProblem.Model;

    /// <summary>The scores of the model for rows, as if they were those of another model.</summary>
    private static ScoreLists Scores(MultiLabelDataset rows)
    {
        var ids = Model.Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        return ScoreLists.FromRows(Model.Labels, ScoreScale.Logits, Model.Predict(rows).Select(p => p.Candidates.Select(c => (ids[c.Label], c.Score))));
    }

    private static readonly Lazy<AdaptiveThresholds> Thresholds = new(() =>
        AdaptiveThresholds.Builder().Fit(Scores(TextProblem.Validation), TextProblem.Validation)
    );

    private static int[][] LabelIds(MultiLabelDataset rows) =>
        [.. Enumerable.Range(0, rows.Count).Select(row => rows.LabelsOf(row).Select(label => Model.Labels.ToList().IndexOf(label)).ToArray())];

    /// <summary>The mean over rows of the share of labels that predictions miss.</summary>
    private static double Missed(IReadOnlyList<Prediction> predictions, MultiLabelDataset rows) =>
        predictions.Select((p, row) => (double)rows.LabelsOf(row).Except(p.Labels).Count() / rows.LabelsOf(row).Count).Average();

    private static double[] Probabilities(IReadOnlyList<Prediction> predictions) =>
        [.. predictions.SelectMany(p => p.Candidates.OrderBy(c => c.Label, StringComparer.Ordinal)).Select(c => c.Probability)];

    [Test]
    public void Without_calibration_a_probability_is_the_sigmoid_of_the_score_that_is_decided_on()
    {
        var plain = TextProblem.Builder.WithScorers(Scorers.Linear()).WithAveragedScores().WithDecision(Decisions.Fixed());
        foreach (var candidate in plain.Fit(TextProblem.Train, TextProblem.Validation).Predict(Fresh).SelectMany(p => p.Candidates))
            Assert.That(candidate.Probability, Is.EqualTo(1 / (1 + Math.Exp(-candidate.Score))).Within(1e-5));
    }

    [Test]
    public void Every_calibration_changes_probabilities_and_no_label_set()
    {
        Calibration[] calibrations =
        [
            Calibrations.Temperature(),
            Calibrations.Platt(eachLabel: 5),
            Calibrations.Isotonic(buckets: [20, 60]),
            Calibrations.Beta(),
        ];
        var before = Model.Predict(TextProblem.Test);
        foreach (var calibration in calibrations)
        {
            AdaptiveThresholdModel[] calibrated =
            [
                Model.WithCalibration(calibration, Fresh),
                TextProblem.Builder.WithCalibration(calibration).Fit(TextProblem.Train, TextProblem.Validation),
            ];
            foreach (var model in calibrated)
            {
                var after = model.Predict(TextProblem.Test);
                Assert.That(after.Select(p => p.Labels), Is.EqualTo(before.Select(p => p.Labels)), calibration.ToString());
                Assert.That(Probabilities(after), Is.Not.EqualTo(Probabilities(before)).And.All.InRange(0, 1), calibration.ToString());
            }
        }
        Assert.That(Probabilities(Model.Predict(TextProblem.Test)), Is.EqualTo(Probabilities(before)), "the model itself stays as it is");
    }

    [Test]
    public void Calibrated_probabilities_are_as_reliable_as_their_table_says()
    {
        var model = Model.WithCalibration(Calibrations.Isotonic(), Fresh);
        var (raw, calibrated) = (Model.Evaluate(Fresh), model.Evaluate(Fresh));
        var bins = calibrated.ReliabilityAt(3);
        Assert.That(bins, Has.Count.EqualTo(15));
        Assert.That(bins.Sum(bin => bin.Count), Is.EqualTo(3 * Fresh.Count));
        Assert.That(calibrated.Brier, Is.LessThan(raw.Brier));
        var all = calibrated.Reliability();
        var gap = all.Sum(bin => bin.Count * Math.Abs(bin.MeanProbability - bin.Frequency)) / ((double)Fresh.Count * Model.Labels.Count);
        Assert.That(calibrated.CalibrationError(), Is.EqualTo(gap).Within(1e-12));
        Assert.That(calibrated.Reliability(5).Sum(bin => bin.Count), Is.EqualTo((long)Fresh.Count * Model.Labels.Count));
    }

    [Test]
    public void The_share_of_missed_labels_is_held_below_the_level()
    {
        double[] levels = [0.3, 0.1, 0.02];
        var labels = 0;
        foreach (var level in levels)
        {
            var careful = Model.WithRisk(level, Fresh);
            Assert.That(Missed(careful.Predict(Fresh), Fresh), Is.LessThanOrEqualTo(level));
            Assert.That(Missed(careful.Predict(TextProblem.Test), TextProblem.Test), Is.LessThanOrEqualTo(level + 0.05));
            var predicted = careful.Predict(TextProblem.Test).Sum(p => p.Labels.Count);
            Assert.That(predicted, Is.GreaterThan(labels), "a lower level predicts more labels");
            labels = predicted;
        }
    }

    [Test]
    public void A_level_that_the_rows_cannot_promise_is_refused_with_the_smallest_that_they_can()
    {
        var fault = Assert.Throws<ModelConfigurationException>(() => Model.WithRisk(0.001, Fresh))!;
        Assert.That(fault.Faults.Single(), Does.StartWith("risk level: expected at least 0.0").And.EndsWith("150 calibration rows can promise, received 0.001"));
        Assert.That(() => Model.WithRisk(1.5, Fresh), Throws.TypeOf<ModelConfigurationException>());
    }

    [Test]
    public void The_true_label_set_is_possible_as_often_as_promised()
    {
        var model = Model.WithPossibleSets(Fresh);
        var sets = model.PossibleSets(TextProblem.Test, 0.1);
        var covered = sets.Where((row, i) => row.Sets.Any(set => set.Labels.ToHashSet().SetEquals(TextProblem.Test.LabelsOf(i)))).Count();
        Assert.That(covered, Is.GreaterThanOrEqualTo(0.8 * TextProblem.Test.Count));
        Assert.That(sets.Select(row => row.IsInformative), Has.All.True);
        Assert.That(sets.SelectMany(row => row.Sets).Select(set => set.PValue), Has.All.GreaterThan(0.1));
        Assert.That(sets.Select(row => row.Sets.Count), Has.All.LessThanOrEqualTo(100));
        var alone = model.PossibleSets(TextProblem.Test.TextOf(0)!, 0.1, most: 1);
        Assert.That(alone.Sets.Single().Labels, Is.EqualTo(sets[0].Sets[0].Labels));
        Assert.That(model.PossibleSets(TextProblem.Test, 0.001).Select(row => row.IsInformative), Has.All.False);
    }

    [Test]
    public void Possible_sets_are_asked_of_a_model_that_knows_them()
    {
        Assert.That(() => Model.PossibleSets("reads the file", 0.1), Throws.InvalidOperationException);
        var recalibrated = Model.WithPossibleSets(Fresh).WithCalibration(Calibrations.Platt(), Fresh);
        Assert.That(() => recalibrated.PossibleSets("reads the file", 0.1), Throws.InvalidOperationException);
        Assert.That(() => Model.WithPossibleSets(Fresh).PossibleSets("reads the file", 0), Throws.TypeOf<ModelConfigurationException>());
    }

    [Test]
    public void Faults_of_a_calibration_are_named()
    {
        var faulty = TextProblem.Builder.WithCalibration(Calibrations.Platt(eachLabel: 0));
        var fault = Assert.Throws<ModelConfigurationException>(() => faulty.Fit(TextProblem.Train))!;
        Assert.That(fault.Faults, Is.EqualTo(["calibration: expected at least 1 positive of a label, received 0"]));
        var unordered = Calibrations.Isotonic(buckets: [5, 2]);
        fault = Assert.Throws<ModelConfigurationException>(() => Model.WithCalibration(unordered, Fresh))!;
        Assert.That(fault.Faults, Is.EqualTo(["calibration: expected ascending edges of buckets, received 5, 2"]));
    }

    [Test]
    public void Saving_and_loading_keeps_calibration_and_promises()
    {
        using var folder = new TemporaryFolder();
        var model = Model.WithCalibration(Calibrations.Isotonic(eachLabel: 10), Fresh).WithRisk(0.1, Fresh).WithPossibleSets(Fresh, norm: 2);
        model.Save(folder.File("model"));
        var again = AdaptiveThresholdModel.Load(folder.File("model"));
        Same.Predictions(model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
        Assert.That(again.PossibleSets(TextProblem.Test, 0.1).Select(row => row.Credibility), Is.EqualTo(model.PossibleSets(TextProblem.Test, 0.1).Select(row => row.Credibility)));
    }

    [Test]
    public void Scores_of_another_model_are_calibrated_and_promised_alike()
    {
        var (scores, ids) = (Scores(Fresh), LabelIds(Fresh));
        var test = Scores(TextProblem.Test);
        var before = Thresholds.Value.Decide(test);
        foreach (var calibrated in new[] { Thresholds.Value.WithCalibration(Calibrations.Platt(), scores, Fresh), Thresholds.Value.WithCalibration(Calibrations.Platt(), scores, ids) })
        {
            Assert.That(calibrated.Decide(test).Select(p => p.Labels), Is.EqualTo(before.Select(p => p.Labels)));
            Assert.That(Probabilities(calibrated.Decide(test)), Is.Not.EqualTo(Probabilities(before)));
        }
        var careful = Thresholds.Value.WithRisk(0.05, scores, Fresh);
        Assert.That(Missed(careful.Decide(scores), Fresh), Is.LessThanOrEqualTo(0.05));
        Same.Predictions(careful.Decide(test), Thresholds.Value.WithRisk(0.05, scores, ids).Decide(test));
        var sets = Thresholds.Value.WithPossibleSets(scores, Fresh).PossibleSets(test, 0.1);
        Assert.That(sets.Select(row => row.Credibility), Is.EqualTo(Thresholds.Value.WithPossibleSets(scores, ids).PossibleSets(test, 0.1).Select(row => row.Credibility)));
        Assert.That(sets.Select(row => row.IsInformative), Has.All.True);
    }
}
