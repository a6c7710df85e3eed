using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Fitting: progress, cancellation, and rows of the wrong kind.</summary>
public sealed class FitTests
{
    [Test]
    public void Progress_never_falls_and_reaches_one()
    {
        var reports = new List<TrainingProgress>();
        TextProblem.Builder.Fit(TextProblem.Train, TextProblem.Validation, new Listener(reports.Add));
        Assert.That(reports.Select(r => r.Done), Is.Ordered);
        Assert.That(reports.Select(r => r.Stage).Distinct(), Is.EqualTo(["signals", "training", "decision"]));
        Assert.That(reports[^1].Done, Is.EqualTo(1.0));
        Assert.That(reports.Where(r => r.Scorer > 0).Select(r => r.ValidationNdcg ?? 0), Has.Some.GreaterThan(0.5));
    }

    [Test]
    public void Cancelled_it_throws_and_keeps_the_best_state_where_that_is_asked_for()
    {
        var builder = TextProblem.Builder.WithScorers(TextProblem.Perceptron(p => p.Epochs = 500));
        var reports = new List<TrainingProgress>();
        var model = CancelledInEpoch3(builder.WithBestSoFarWhenCancelled(), reports);
        Assert.That(reports.Max(r => r.Epoch), Is.EqualTo(3));
        Assert.That(reports[^1].Done, Is.EqualTo(1.0));
        Assert.That(model.Evaluate(TextProblem.Test).MicroF1, Is.GreaterThan(0.5));
        Assert.That(() => CancelledInEpoch3(builder, reports), Throws.TypeOf<OperationCanceledException>());
    }

    private static AdaptiveThresholdModel CancelledInEpoch3(AdaptiveThresholdModelBuilder builder, List<TrainingProgress> reports)
    {
        using var source = new CancellationTokenSource();
        var listener = new Listener(report =>
        {
            reports.Add(report);
            if (report.ValidationNdcg is not null && report.Epoch == 3) source.Cancel();
        });
        return builder.Fit(TextProblem.Train, TextProblem.Validation, listener, source.Token);
    }

    [Test]
    public void A_fit_that_was_cancelled_beforehand_throws_whatever_the_option()
    {
        AdaptiveThresholdModelBuilder[] ways = [TextProblem.Builder, TextProblem.Builder.WithBestSoFarWhenCancelled()];
        foreach (var builder in ways)
            Assert.That(() => builder.Fit(TextProblem.Train, TextProblem.Validation, null, new CancellationToken(true)), Throws.TypeOf<OperationCanceledException>());
    }

    [Test]
    public async Task Fitting_elsewhere_gives_the_same_model_and_is_cancelled_like_a_task()
    {
        var model = await TextProblem.Builder.FitAsync(TextProblem.Train, TextProblem.Validation);
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), model.Predict(TextProblem.Test));
        using var source = new CancellationTokenSource();
        var listener = new Listener(report => { if (report.Epoch == 2) source.Cancel(); });
        var cancelled = TextProblem.Builder.FitAsync(TextProblem.Train, TextProblem.Validation, listener, source.Token);
        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(cancelled.IsCanceled, Is.True);
    }

    [Test]
    public void Without_validation_rows_the_training_rows_serve()
    {
        AdaptiveThresholdModelBuilder[] ways = [TextProblem.Builder.WithHoldOut(0.2), TextProblem.Builder.WithCrossFit(3)];
        foreach (var builder in ways)
        {
            var reports = new List<TrainingProgress>();
            var model = builder.Fit(TextProblem.Train, progress: new Listener(reports.Add));
            Assert.That(model.Evaluate(TextProblem.Test).MicroF1, Is.GreaterThan(0.8));
            Assert.That(reports.Select(r => r.Done), Is.Ordered);
        }
    }

    [Test]
    public void Shortlists_learn_the_problem_and_report_their_recall()
    {
        var reports = new List<TrainingProgress>();
        var model = TextProblem.Builder.WithScorers(TextProblem.Perceptron(p => p.Shortlist = 2))
            .Fit(TextProblem.Train, TextProblem.Validation, new Listener(reports.Add));
        Assert.That(model.Evaluate(TextProblem.Test).MicroF1, Is.GreaterThan(0.8));
        Assert.That(reports.Where(r => r.ShortlistRecall is not null).Select(r => r.ShortlistRecall!.Value), Is.Not.Empty.And.All.InRange(0.0, 1.0));
        Assert.That(
            () => TextProblem.Builder.WithScorers(TextProblem.Perceptron(p => p.Shortlist = -1)).Fit(TextProblem.Train),
            Throws.TypeOf<ModelConfigurationException>().With.Message.Contains("shortlist"));
    }

    [Test]
    public void Texts_and_features_do_not_mix()
    {
        var features = MultiLabelDataset.FromFeatures([([(0, 1f)], ["file"])]);
        var fault = Assert.Throws<ArgumentException>(() => TextProblem.Builder.Fit(TextProblem.Train, features))!;
        Assert.That(fault.Message, Does.StartWith("expected texts as in the training rows, received features"));
    }

    [Test]
    public void No_rows_are_refused()
    {
        var none = MultiLabelDataset.FromTexts([]);
        Assert.That(() => TextProblem.Builder.Fit(none), Throws.ArgumentException.With.Message.StartsWith("expected at least one training row"));
    }

    [Test]
    public void Labels_of_the_validation_rows_are_known_to_the_model()
    {
        var validation = MultiLabelDataset.FromTexts([.. TextProblem.Rows(80, 2), ("reads the moon", ["moon"])]);
        var model = TextProblem.Builder.WithScorers(TextProblem.Perceptron(p => p.Epochs = 1)).Fit(TextProblem.Train, validation);
        Assert.That(model.Labels, Is.EqualTo(TextProblem.Train.Labels.Append("moon")));
    }

    private sealed class Listener(Action<TrainingProgress> hear) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => hear(value);
    }
}
