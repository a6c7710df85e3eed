using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Saving replaces saved models and nothing else.</summary>
public sealed class SaveTests
{
    private const string Thesis = "ten years of work";

    private static IEnumerable<TestCaseData> Savers()
    {
        yield return new TestCaseData((Action<string>)TextProblem.Model.Save).SetArgDisplayNames("a model");
        yield return new TestCaseData((Action<string>)Thresholds().Save).SetArgDisplayNames("thresholds");
    }

    private static AdaptiveThresholds Thresholds() =>
        AdaptiveThresholds
            .Builder()
            .WithDecision(Decisions.Fixed())
            .WithScoresAsGiven()
            .Fit(ScoreLists.FromRows(2, ScoreScale.Probabilities, [[(0, 0.9), (1, 0.2)], [(0, 0.3), (1, 0.6)]]), [[0], [1]]);

    [TestCaseSource(nameof(Savers))]
    public void A_folder_with_other_files_is_refused_and_they_are_named(Action<string> save)
    {
        using var folder = new TemporaryFolder();
        folder.Write("thesis.txt", Thesis);
        folder.Write("data.csv", "1,2");
        var fault = Assert.Throws<IOException>(() => save(folder.Path))!;
        Assert.That(fault.Message, Does.EndWith("expected an empty folder, or one with a saved model, found data.csv, thesis.txt"));
        Assert.That(File.ReadAllLines(folder.File("thesis.txt")), Is.EqualTo([Thesis]));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Has.Length.EqualTo(2));
    }

    [Test]
    public void A_model_with_neighbours_among_its_training_rows_is_not_saved_without_them()
    {
        using var folder = new TemporaryFolder();
        var fault = Assert.Throws<InvalidOperationException>(() => TextProblem.Model.SaveWithoutTrainingRows(folder.File("model")))!;
        Assert.That(fault.Message, Does.Contain("training rows, among which neighbours are looked for"));
        Assert.That(Directory.Exists(folder.File("model")), Is.False);
    }

    [TestCaseSource(nameof(Savers))]
    public void The_working_folder_keeps_its_files(Action<string> save)
    {
        using var folder = new TemporaryFolder();
        folder.Write("thesis.txt", Thesis);
        var before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = folder.Path;
            var fault = Assert.Throws<IOException>(() => save("."))!;
            Assert.That(fault.Message, Does.EndWith("found thesis.txt"));
            Assert.That(File.ReadAllLines("thesis.txt"), Is.EqualTo([Thesis]));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [TestCaseSource(nameof(Savers))]
    public void What_came_to_lie_beside_a_saved_model_is_named_and_stays(Action<string> save)
    {
        using var folder = new TemporaryFolder();
        save(folder.File("saved"));
        save(folder.File("saved"));
        File.WriteAllText(Path.Combine(folder.File("saved"), "notes.txt"), Thesis);
        var fault = Assert.Throws<IOException>(() => save(folder.File("saved")))!;
        Assert.That(fault.Message, Does.EndWith("expected nothing beside the saved model, whose folder is replaced, found notes.txt"));
        Assert.That(File.ReadAllText(Path.Combine(folder.File("saved"), "notes.txt")), Is.EqualTo(Thesis));
    }
}
