using NUnit.Framework;

namespace Limen.Integration;

/// <summary>What a fit leaves behind for the next one.</summary>
public sealed class CheckpointTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("limen-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    private static byte[][] Saved(AdaptiveThresholdModel model, string folder)
    {
        model.Save(folder);
        return [.. Directory.GetFiles(folder).Order().Select(File.ReadAllBytes)];
    }

    [Test]
    public void A_cancelled_fit_goes_on_to_the_same_model()
    {
        var place = Path.Combine(_folder, "checkpoint");
        var builder = TextProblem.Builder.WithCheckpoints(place, every: TimeSpan.Zero);
        using var source = new CancellationTokenSource();
        var progress = new Immediately(p =>
        {
            if (p.Epoch == 2) source.Cancel();
        });
        Assert.That(
            () => builder.Fit(TextProblem.Train, TextProblem.Validation, progress, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        var resumed = builder.Fit(TextProblem.Train, TextProblem.Validation);
        var whole = TextProblem.Builder.Fit(TextProblem.Train, TextProblem.Validation);
        Assert.That(Saved(resumed, Path.Combine(_folder, "a")), Is.EqualTo(Saved(whole, Path.Combine(_folder, "b"))));
    }

    [Test]
    public void Other_settings_are_refused_by_name()
    {
        var place = Path.Combine(_folder, "checkpoint");
        TextProblem.Builder.WithCheckpoints(place).Fit(TextProblem.Train, TextProblem.Validation);
        Assert.That(
            () => TextProblem.Builder.WithCheckpoints(place).WithCandidates(3).Fit(TextProblem.Train, TextProblem.Validation),
            Throws.TypeOf<ModelConfigurationException>().With.Message.Contains("Candidates"));
    }

    private sealed class Immediately(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
