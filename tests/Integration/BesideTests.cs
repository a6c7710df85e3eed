using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Rows that have a text and numbers side by side.</summary>
public sealed class BesideTests
{
    private static readonly string[] Words = ["red", "round", "small", "soft", "sweet", "sour", "old"];

    private static (MultiLabelDataset Texts, MultiLabelDataset Vectors, string[] Words, float[][] Numbers) Rows(int count, int seed)
    {
        var random = new Random(seed);
        string[] texts = [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', random.GetItems(Words, 4)))];
        float[][] numbers = [.. Enumerable.Range(0, count).Select(_ => new[] { (float)random.NextDouble(), (float)random.NextDouble() * 100 })];
        IReadOnlyList<string>[] labels = [.. texts.Zip(numbers, (t, n) => (string[])[.. t.Contains("red") ? ["crimson"] : Array.Empty<string>(), .. n[1] > 60 ? ["dear"] : Array.Empty<string>()])];
        return (
            MultiLabelDataset.FromTexts(texts.Zip(labels, (text, of) => (text, of))),
            MultiLabelDataset.FromVectors(numbers.Select(n => (n, (IReadOnlyList<string>)[]))),
            texts,
            numbers
        );
    }

    private static AdaptiveThresholdModel Fit(MultiLabelDataset rows) =>
        AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear()).WithHoldOut(0.3).Fit(rows);

    private static readonly Lazy<AdaptiveThresholdModel> Model = new(() =>
    {
        var (texts, vectors, _, _) = Rows(300, 1);
        return Fit(texts.Beside(vectors));
    });

    [Test]
    public void A_model_learns_from_both()
    {
        var (texts, vectors, _, _) = Rows(200, 2);
        var both = Model.Value.Evaluate(texts.Beside(vectors)).MacroF1A;
        Assert.That(both, Is.GreaterThan(0.9));
        Assert.That(Fit(Rows(300, 1).Texts).Evaluate(texts).MacroF1A, Is.LessThan(both - 0.1));
    }

    [Test]
    public void A_text_and_a_vector_are_predicted_as_rows_of_a_data_set()
    {
        var (texts, vectors, words, numbers) = Rows(20, 3);
        var expected = Model.Value.Predict(texts.Beside(vectors));
        Same.Predictions([expected[7]], [Model.Value.Predict(words[7], numbers[7])]);
        Same.Predictions([expected[7]], [Model.Value.Explain(words[7], numbers[7]).Prediction]);
        Assert.That(Model.Value.Why(words[7], numbers[7], "dear").Message, Does.StartWith("\"dear\" is "));
    }

    [Test]
    public void It_says_what_it_is()
    {
        var (texts, vectors, words, numbers) = Rows(20, 3);
        var both = texts.Beside(vectors);
        Assert.That(both.ToString(), Is.EqualTo("20 rows of texts and features, 2 labels"));
        Assert.That(Model.Value.ToString(), Is.EqualTo("2 labels of texts and features"));
        Assert.That(both.IsText, Is.False);
        Assert.That(both.TextOf(4), Is.EqualTo(words[4]));
        Assert.That(both.FeaturesOf(4)!.Select(f => f.Value), Is.EqualTo(numbers[4]));
        Assert.That(both.LabelsOf(4), Is.EqualTo(texts.LabelsOf(4)));
        Assert.That(both.Select([4, 2]).TextOf(1), Is.EqualTo(words[2]));
    }

    [Test]
    public void What_is_of_another_kind_or_number_is_refused()
    {
        var (texts, vectors, words, _) = Rows(20, 3);
        Assert.That(() => texts.Beside(vectors.Select([1, 2])), Throws.ArgumentException);
        Assert.That(() => texts.Beside(null!), Throws.ArgumentNullException);
        Assert.That(() => Model.Value.Predict(words[0]), Throws.ArgumentException.With.Message.StartsWith("expected texts and features as in the training rows, received texts"));
        Assert.That(() => Model.Value.Predict(words[0], [1, 2, 3]), Throws.ArgumentException.With.Message.StartsWith("expected features from 0 to 1, received feature 2"));
        Assert.That(() => Fit(texts).Predict(words[0], [1, 2]), Throws.ArgumentException);
    }

    [Test]
    public void It_is_saved_and_read()
    {
        using var folder = new TemporaryFolder();
        var (texts, vectors, _, _) = Rows(20, 3);
        Model.Value.Save(folder.File("model"));
        Same.Predictions(Model.Value.Predict(texts.Beside(vectors)), AdaptiveThresholdModel.Load(folder.File("model")).Predict(texts.Beside(vectors)));
    }
}
