using NUnit.Framework;

namespace Limen.Integration;

/// <summary>What a fitted model promises.</summary>
public sealed class ModelTests
{
    [Test]
    public void A_trained_model_finds_the_labels()
    {
        var report = TextProblem.Model.Evaluate(TextProblem.Test);
        Assert.Multiple(() =>
        {
            Assert.That(report.MicroF1, Is.GreaterThan(0.9), report.ToString());
            Assert.That(report.PrecisionAt(1), Is.GreaterThan(0.9));
            Assert.That(report.NdcgAt(5), Is.InRange(0.9, 1.0));
            Assert.That(report.Labels.Average(label => label.F1), Is.EqualTo(report.MacroF1A).Within(1e-12));
            Assert.That(report.MacroF1C, Is.InRange(report.MacroF1A, 1.0));
            Assert.That(report.EverPredicted, Is.InRange(0.5, 1.0));
        });
    }

    [Test]
    public void Saving_and_loading_is_the_identity_on_predictions()
    {
        using var folder = new TemporaryFolder();
        TextProblem.Model.Save(folder.File("model"));
        var again = AdaptiveThresholdModel.Load(folder.File("model"));
        Assert.That(again.Labels, Is.EqualTo(TextProblem.Model.Labels));
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
    }

    [Test]
    public void A_folder_without_a_model_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var fault = Assert.Throws<ModelFormatException>(() => AdaptiveThresholdModel.Load(folder.Path))!;
        Assert.That(fault.Reason, Does.Contain("no saved model"));
    }

    [Test]
    public void The_same_seed_gives_the_same_model()
    {
        var again = TextProblem.Builder.Fit(TextProblem.Train, TextProblem.Validation);
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
    }

    [Test]
    public void A_text_alone_is_predicted_as_among_others()
    {
        var together = TextProblem.Model.Predict(TextProblem.Test);
        var texts = TextProblem.Texts(TextProblem.Test);
        for (var row = 0; row < 20; row++)
            Same.UpToRounding(together[row], TextProblem.Model.Predict(texts[row]));
    }

    [Test]
    public void Many_threads_get_what_one_thread_gets()
    {
        var texts = TextProblem.Texts(TextProblem.Test);
        var expected = TextProblem.Model.Predict(texts);
        Parallel.For(0, 16, _ => Same.Predictions(expected, TextProblem.Model.Predict(texts)));
    }

    [Test]
    public void The_parts_of_a_threshold_add_up_to_it_and_the_score_decides()
    {
        foreach (var candidate in TextProblem.Model.Predict(TextProblem.Test).SelectMany(p => p.Candidates))
        {
            Assert.That(candidate.Global + candidate.Local + candidate.Bias + candidate.Correction, Is.EqualTo(candidate.Threshold));
            Assert.That(candidate.IsPredicted, Is.EqualTo(candidate.Score > candidate.Threshold));
        }
    }

    [Test]
    public void A_label_that_was_not_weighed_has_its_rank()
    {
        var narrow = TextProblem.Builder.WithCandidates(2).WithSignals(Signals.Idf()).Fit(TextProblem.Train, TextProblem.Validation);
        var text = TextProblem.Test.TextOf(0)!;
        var weighed = narrow.Predict(text).Candidates;
        foreach (var label in narrow.Labels)
        {
            var reason = narrow.Why(text, label);
            var candidate = weighed.SingleOrDefault(c => c.Label == label);
            Assert.That(reason.Candidate, Is.EqualTo(candidate));
            Assert.That(reason.Rank, candidate is null ? Is.GreaterThan(2) : Is.InRange(1, 2));
            Assert.That(reason.Message, Does.StartWith($"\"{label}\" is {(candidate is null ? "not weighed" : candidate.IsPredicted ? "predicted" : "not predicted")}"));
        }
        Assert.That(() => narrow.Why(text, "moon"), Throws.ArgumentException.With.Message.StartsWith("\"moon\" is not one of the model's 8 labels"));
    }

    [Test]
    public void Constraints_hold_and_say_so()
    {
        var free = TextProblem.Model.Predict(TextProblem.Test);
        AdaptiveThresholdModel With(Decision decision) => TextProblem.Builder.WithDecision(decision).Fit(TextProblem.Train, TextProblem.Validation);
        var bound = With(Decisions.Fused().AtLeast(2).AtMost(2).Without("file").Exclusive("stream", "socket")).Predict(TextProblem.Test);
        Assert.That(free.Select(p => p.Labels.Count).Distinct().Count(), Is.GreaterThan(1));
        Assert.That(bound.Select(p => p.Labels.Count), Has.All.EqualTo(2));
        Assert.That(bound.SelectMany(p => p.Labels), Has.None.EqualTo("file"));
        Assert.That(bound.Select(p => p.Labels.Intersect(["stream", "socket"]).Count()), Has.All.LessThanOrEqualTo(1));
        foreach (var candidate in bound.SelectMany(p => p.Candidates))
            Assert.That(candidate.IsPredicted == candidate.Score > candidate.Threshold, Is.EqualTo(candidate.Turned is null), candidate.ToString());
        var everywhere = With(Decisions.RCut(1).WithThreshold("date", -1000).Only("date", "key")).Predict(TextProblem.Test);
        Assert.That(everywhere.Where(p => p.Candidates.Any(c => c.Label == "date")).Select(p => p.Labels), Has.All.Contains("date"));
        Assert.That(everywhere.SelectMany(p => p.Labels).Distinct(), Is.SubsetOf(["date", "key"]));
    }

    [Test]
    public void A_row_of_weight_two_counts_twice_in_a_linear_model()
    {
        var rows = Enumerable.Range(0, TextProblem.Train.Count).ToArray();
        int[] doubled = [.. rows.Where(row => row % 3 == 0)];
        var builder = TextProblem.Builder.WithSignals(Signals.Idf()).WithScorers(Scorers.Linear(tolerance: 1e-6, passes: 1000, prune: 0)).WithHoldOut();
        var weighted = builder.Fit(TextProblem.Train.WithWeights(rows.Select(row => row % 3 == 0 ? 2f : 1f)), TextProblem.Validation);
        var twice = builder.Fit(TextProblem.Train.Select([.. rows, .. doubled]), TextProblem.Validation);
        Assert.That(weighted.Evaluate(TextProblem.Test).MicroF1, Is.EqualTo(twice.Evaluate(TextProblem.Test).MicroF1).Within(0.02));
        Assert.That(() => TextProblem.Train.WithWeights([1f]), Throws.ArgumentException);
    }

    [Test]
    public void An_explanation_names_the_neighbours_that_voted()
    {
        var text = TextProblem.Test.TextOf(0)!;
        var explanation = TextProblem.Model.Explain(text);
        Assert.That(explanation.Prediction.Candidates, Is.EqualTo(TextProblem.Model.Predict(text).Candidates));
        Assert.That(explanation.Neighbours, Has.Count.EqualTo(5));
        Assert.That(explanation.Neighbours.Sum(n => n.Weight), Is.EqualTo(1).Within(1e-6));
        foreach (var neighbour in explanation.Neighbours)
            Assert.That(neighbour.Labels, Is.SubsetOf(TextProblem.Train.LabelsOf(neighbour.Row)).And.SubsetOf(explanation.Prediction.Labels));
    }

    [Test]
    public void An_unknown_label_counts_as_missed_when_a_model_is_measured()
    {
        var rows = MultiLabelDataset.FromTexts([("reads the file", ["file"]), ("reads the moon", ["moon"])]);
        var report = TextProblem.Model.Evaluate(rows);
        var moon = report.Labels.Single(l => l.Label == "moon");
        Assert.That(moon, Is.EqualTo(("moon", 1.0, 0.0, 0.0, 0.0)));
        Assert.That(report.Labels, Has.Count.EqualTo(9));
        var fault = Assert.Throws<ArgumentException>(() => TextProblem.Model.WithCalibration(Calibrations.Platt(), rows))!;
        Assert.That(fault.Message, Is.EqualTo("row 2: the label \"moon\" is not one of the 8 known labels"));
    }

    [Test]
    public void Features_are_refused_by_a_model_of_texts()
    {
        var fault = Assert.Throws<ArgumentException>(() => TextProblem.Model.Predict([(0, 1f)]))!;
        Assert.That(fault.Message, Does.StartWith("expected texts as in the training rows, received features"));
    }

    [Test]
    public void A_model_that_can_predict_next_to_nothing_is_warned_of()
    {
        var mute = TextProblem.Builder.WithDecision(Decisions.Fixed(1000)).Fit(TextProblem.Train, TextProblem.Validation);
        var warnings = mute.Warnings(TextProblem.Test);
        Assert.That(warnings.Select(w => (w.IsThresholdsTooHigh, w.IsNeverPredicted)), Is.EqualTo([(true, false), (false, true)]));
        Assert.That(warnings.Select(w => w.Message), Has.Some.StartsWith("thresholds are too high").And.Some.Contains("never predicted"));
        Assert.That(mute.Evaluate(TextProblem.Test).Warnings, Is.EqualTo(warnings));
    }
}
