using NUnit.Framework;

namespace Limen.Integration;

/// <summary>A data file with one feature that lies far beyond the others.</summary>
public sealed class FarFeatureTests
{
    [Test]
    public void A_linear_scorer_learns_as_if_it_lay_beside_them()
    {
        using var folder = new TemporaryFolder();
        var far = Probabilities(folder, "far.svm", 268435454);
        Assert.That(far, Is.EqualTo(Probabilities(folder, "near.svm", 6)));
    }

    private static double[] Probabilities(TemporaryFolder folder, string name, int last)
    {
        var file = folder.Write(
            name, $"0 3:0.5 {last}:0.25", $"1 5:0.5 {last}:0.75", "0 3:1.5", "1 5:1.5", "0 3:0.25 4:0.5", "1 4:0.25 5:0.5");
        var rows = MultiLabelDataset.FromSvmlight(file);
        var model = AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear()).WithSignals(Signals.Idf()).Fit(rows);
        var labels = model.Predict([[(3, 1f), (last, 0.5f)]])[0].Candidates;
        return [.. labels.Select(label => (double)label.Probability)];
    }
}
