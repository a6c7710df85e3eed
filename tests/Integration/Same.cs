using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Whether predictions say the same.</summary>
internal static class Same
{
    /// <summary>The same candidates with the same numbers, to the last bit.</summary>
    public static void Predictions(IReadOnlyList<Prediction> expected, IReadOnlyList<Prediction> received)
    {
        Assert.That(received, Has.Count.EqualTo(expected.Count));
        for (var row = 0; row < expected.Count; row++)
            Assert.That(received[row].Candidates, Is.EqualTo(expected[row].Candidates), $"row {row}");
    }

    /// <summary>The same labels, and scores that differ by rounding at most: sums over batches of another size are rounded elsewhere.</summary>
    public static void UpToRounding(Prediction expected, Prediction received)
    {
        Assert.That(received.Labels, Is.EquivalentTo(expected.Labels));
        var scores = received.Candidates.ToDictionary(c => c.Label);
        Assert.That(scores.Keys, Is.EquivalentTo(expected.Candidates.Select(c => c.Label)));
        foreach (var candidate in expected.Candidates)
        {
            Assert.That(scores[candidate.Label].Score, Is.EqualTo(candidate.Score).Within(1e-4));
            Assert.That(scores[candidate.Label].Threshold, Is.EqualTo(candidate.Threshold).Within(1e-4));
        }
    }
}
