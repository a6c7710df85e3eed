using NUnit.Framework;

namespace Limen.Integration;

/// <summary>The C# code of the README, as a test.</summary>
public sealed class ReadmeCode
{
    [Test]
    public void Code_of_the_readme_runs()
    {
        var (train, validation) = (TextProblem.Train, TextProblem.Validation);
        var progress = new Progress<TrainingProgress>();
        var cancellationToken = CancellationToken.None;
        using var folder = new TemporaryFolder();
        var here = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            #region readme
            var model = AdaptiveThresholdModel.Builder()
                .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))
                .WithScorers(Scorers.Perceptron(new() { HiddenLayers = [256], Loss = Losses.BceWithThreshold().Plus(0.1, Losses.Margin(delta: 0.1)) }))
                .WithSeed(1)
                .Fit(train, validation, progress, cancellationToken);
            Prediction p = model.Predict("Throws when the stream is closed ..."); // labels, scores, thresholds, and each signal's share
            model.Save("model/");
            var again = AdaptiveThresholdModel.Load("model/");
            #endregion
            Assert.That(p.Labels, Does.Contain("stream"));
            Same.Predictions(model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
        }
        finally
        {
            Environment.CurrentDirectory = here;
        }
    }

    [Test]
    public void Code_of_the_readme_on_probabilities_and_promises_runs()
    {
        var (train, calibrationRows) = (TextProblem.Train, TextProblem.Validation);
        #region readme
        var model = AdaptiveThresholdModel.Builder()
            .WithCrossFit(5) // without validation rows: all rows decide, each scored without itself
            .WithCalibration(Calibrations.Platt(eachLabel: 20))
            .Fit(train);
        double probability = model.Predict("Throws when the stream is closed ...").Candidates[0].Probability;
        var careful = model.WithRisk(0.1, calibrationRows); // misses at most 10 % of a row's labels on average
        var sets = model.WithPossibleSets(calibrationRows).PossibleSets("Throws when the stream is closed ...", level: 0.1).Sets;
        #endregion
        Assert.That(probability, Is.GreaterThan(0.5));
        Assert.That(careful.Evaluate(TextProblem.Test).Labels.Sum(label => label.Hits), Is.GreaterThan(0));
        Assert.That(sets, Is.Not.Empty.And.Some.Matches<(IReadOnlyList<string> Labels, double PValue)>(set => set.Labels.Contains("stream")));
    }
}
