namespace Limen;

/// <summary>How scores become probabilities: see <see cref="Calibrations"/>.</summary>
public sealed class Calibration
{
    internal Calibration(Core.Calibrator calibrator, int? eachLabel, int[]? buckets) =>
        Options = new(
            calibrator,
            (eachLabel, buckets) switch
            {
                (null, null) => Core.CalibrationScope.AllLabels,
                ({ } minimum, null) => Core.CalibrationScope.NewEachLabel(minimum),
                (null, { } edges) => Core.CalibrationScope.NewEachBucket([.. edges]),
                _ => throw new ArgumentException("expected a number of positives or buckets, received both", nameof(buckets)),
            }
        );

    internal Core.CalibrationOptions Options { get; }

    /// <summary>The curve and who shares it.</summary>
    public override string ToString() => $"{Options.Calibrator}, {Options.Scope}";
}
