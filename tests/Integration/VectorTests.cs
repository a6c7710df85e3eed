using System.Globalization;
using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Dense vectors as rows, the best labels of a row, and what objects print.</summary>
public sealed class VectorTests
{
    private static (float[] Vector, IReadOnlyList<string> Labels)[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Row(random))];
    }

    private static (float[] Vector, IReadOnlyList<string> Labels) Row(Random random)
    {
        float[] vector = [.. Enumerable.Range(0, 6).Select(_ => (float)(random.NextDouble() - 0.5))];
        return (vector, [.. Enumerable.Range(0, 6).Where(i => vector[i] > 0).Select(i => $"above {i}")]);
    }

    private static readonly Lazy<AdaptiveThresholdModel> Model = new(() =>
        AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear()).WithHoldOut(0.3).Fit(MultiLabelDataset.FromVectors(Rows(200, 1))));

    [Test]
    public void Vectors_one_by_one_are_predicted_as_a_matrix_of_them()
    {
        var rows = Rows(20, 2);
        var matrix = new float[20, 6];
        for (var row = 0; row < 20; row++)
            for (var column = 0; column < 6; column++) matrix[row, column] = rows[row].Vector[column];
        var expected = Model.Value.Predict(MultiLabelDataset.FromVectors(matrix, rows.Select(row => row.Labels)));
        Same.Predictions(expected, Model.Value.Predict(rows.Select(row => row.Vector)));
        Same.Predictions([expected[3]], [Model.Value.Predict(rows[3].Vector)]);
        Same.Predictions([expected[3]], [Model.Value.Explain(rows[3].Vector).Prediction]);
        Assert.That(Model.Value.Why(rows[3].Vector, "above 1").Message, Does.StartWith("\"above 1\" is "));
        Assert.That(expected.Zip(rows).Count(pair => pair.First.Labels.Order().SequenceEqual(pair.Second.Labels)), Is.GreaterThan(5));
    }

    [Test]
    public void Vectors_of_different_lengths_are_refused_with_their_place() =>
        Assert.That(
            () => Model.Value.Predict([[1f, 2f], new float[3]]),
            Throws.ArgumentException.With.Message.StartsWith("row 2: expected 2 numbers as in the first row, received 3")
        );

    [Test]
    public void The_best_labels_come_by_their_scores_whether_they_are_predicted_or_not()
    {
        var prediction = Model.Value.Predict(Rows(1, 3)[0].Vector);
        Assert.That(prediction.Top(3).Select(c => c.Rank), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(prediction.Top(100), Has.Count.EqualTo(prediction.Candidates.Count));
        Assert.That(() => prediction.Top(0), Throws.ArgumentException.With.Message.StartsWith("expected 1 to 2147483647, received 0"));
    }

    [Test]
    public void A_null_is_named_by_the_argument_that_it_was()
    {
        var model = TextProblem.Model;
        Assert.That(() => model.Predict((string)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("text"));
        Assert.That(() => model.Predict((IEnumerable<string>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("texts"));
        Assert.That(() => model.Predict(["a", null!]), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("texts"));
        Assert.That(() => model.Explain((string)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("text"));
        Assert.That(() => model.Predict((float[])null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("vector"));
        Assert.That(() => AdaptiveThresholdModel.Builder().WithScorers(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("scorers"));
    }

    [Test]
    public void What_objects_print_is_what_they_hold()
    {
        Assert.That(TextProblem.Train.ToString(), Is.EqualTo($"{TextProblem.Train.Count} texts, 8 labels"));
        Assert.That(TextProblem.Model.ToString(), Is.EqualTo("8 labels of texts"));
        Assert.That(Model.Value.ToString(), Is.EqualTo("6 labels of features"));
        Assert.That(ScoreLists.FromMatrix(new[,] { { 1f, 2f } }, ScoreScale.Logits).ToString(), Is.EqualTo("1 rows of scores, 2 labels"));
        var candidate = Model.Value.Predict(Rows(1, 3)[0].Vector).Candidates[0];
        Assert.That(
            candidate.ToString(),
            Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"{candidate.Label}: score {candidate.Score:F2}, threshold {candidate.Threshold:F2}, predicted"))
        );
        Assert.That(Model.Value.Explain(Rows(1, 3)[0].Vector).ToString(), Does.EndWith("neighbours)"));
        var sets = Model.Value.WithPossibleSets(MultiLabelDataset.FromVectors(Rows(60, 4))).PossibleSets(MultiLabelDataset.FromVectors(Rows(1, 3)), 0.2, 2)[0];
        Assert.That(sets.ToString(), Does.StartWith("{above"));
    }
}
