using System.Globalization;

namespace Limen;

/// <summary>
/// What can be said of the label set of a row at a significance level: for rows exchangeable with the calibration rows
/// the true set is possible with probability at least 1 - level.
/// </summary>
public sealed class PossibleLabelSets
{
    internal PossibleLabelSets(Core.LabelSpace labels, Core.SetPrediction prediction)
    {
        if (prediction is not Core.SetPrediction.Possible known) return;
        IsInformative = true;
        Sets = [.. known.sets.Select(set => ((IReadOnlyList<string>)[.. set.Set.Select(labels.Name)], set.PValue))];
        IsTruncated = known.truncated;
        Confidence = known.confidence;
        Credibility = known.credibility;
    }

    /// <summary>
    /// Whether any label set can be excluded: not with fewer than 1 / level - 1 calibration rows.
    /// </summary>
    public bool IsInformative { get; }

    /// <summary>The possible sets, the best fitting first; none where nothing can be excluded.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Labels, double PValue)> Sets { get; } = [];

    /// <summary>Whether there are more than were asked for.</summary>
    public bool IsTruncated { get; }

    /// <summary>1 - the second largest p-value of all label sets: how surely every set but the first is excluded.</summary>
    public double Confidence { get; }

    /// <summary>The largest p-value of all label sets: small where the row is unlike the calibration rows.</summary>
    public double Credibility { get; } = 1;

    /// <summary>The sets with their p-values, the best fitting first.</summary>
    public override string ToString() =>
        !IsInformative
            ? "any label set is possible"
            : string.Join(", ", Sets.Select(set => string.Create(CultureInfo.InvariantCulture, $"{{{string.Join(", ", set.Labels)}}} {set.PValue:F3}")))
                + (IsTruncated ? ", ..." : "");

    internal static Core.ConformalNorm Norm(int norm) =>
        norm switch
        {
            1 => Core.ConformalNorm.L1,
            2 => Core.ConformalNorm.L2,
            _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, "expected 1 or 2"),
        };
}
