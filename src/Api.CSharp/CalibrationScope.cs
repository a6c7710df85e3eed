namespace Limen;

/// <summary>Which labels share a curve from score to probability.</summary>
public sealed class CalibrationScope
{
    private CalibrationScope(Core.CalibrationScope value) => Value = value;

    internal Core.CalibrationScope Value { get; }

    /// <summary>All of them. The default.</summary>
    public static CalibrationScope AllLabels() => new(Core.CalibrationScope.AllLabels);

    /// <summary>Each label with enough positives has its own; the others share that of all labels.</summary>
    /// <param name="minimumPositives">Among the calibration rows; at least 1.</param>
    public static CalibrationScope EachLabel(int minimumPositives = 20) =>
        new(Core.CalibrationScope.NewEachLabel(minimumPositives));

    /// <summary>Labels between two consecutive numbers of training rows share one.</summary>
    /// <param name="edges">Numbers of training rows, ascending: labels below the first, below the second, and so on.</param>
    public static CalibrationScope EachBucket(params int[] edges)
    {
        ArgumentNullException.ThrowIfNull(edges);
        return new(Core.CalibrationScope.NewEachBucket([.. edges]));
    }
}
