using NUnit.Framework;

namespace Limen.Integration;

/// <summary>A data file with one feature that lies far beyond the others.</summary>
public sealed class FarFeatureTests
{
    [Test]
    public void A_linear_scorer_refuses_more_features_than_it_can_hold()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "train.svm", "0 3:0.5 268435454:0.25", "1 5:0.5 268435454:0.75", "0 3:1.5", "1 5:1.5", "0 3:0.25 4:0.5", "1 4:0.25 5:0.5");
        var rows = MultiLabelDataset.FromSvmlight(file);
        var builder = AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear()).WithSignals(Signals.Idf());
        var fault = Assert.Throws<ArgumentException>(() => builder.Fit(rows))!;
        Assert.That(fault.Message, Does.StartWith("expected features [N, D] of at most 134217722 features").And.Contain("268435455]"));
    }
}
