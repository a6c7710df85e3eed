namespace Limen;

/// <summary>
/// How scores, in log-odds, become probabilities. Every curve is non-decreasing: the order of rows within a label stays, and label sets do not depend on it.
/// Labels share one curve unless a number says otherwise: <c>eachLabel</c>, at least 1, gives every label with so many positives among the calibration rows a
/// curve of its own; <c>buckets</c>, ascending numbers of training rows, gives one to the labels below the first, below the second, and so on.
/// </summary>
/// <example><code>var model = builder.WithCalibration(Calibrations.Platt(eachLabel: 20)).Fit(train, validation);</code></example>
public static class Calibrations
{
    /// <summary>sigmoid(score / T), one number.</summary>
    /// <param name="eachLabel">Positives from which a label has a curve of its own.</param>
    /// <param name="buckets">Numbers of training rows between which labels share a curve.</param>
    /// <exception cref="ArgumentException">Both are given.</exception>
    public static Calibration Temperature(int? eachLabel = null, int[]? buckets = null) => new(Core.Temperature.calibrator, eachLabel, buckets);

    /// <summary>sigmoid(slope * score + offset) (Platt 1999).</summary>
    /// <param name="eachLabel">Positives from which a label has a curve of its own.</param>
    /// <param name="buckets">Numbers of training rows between which labels share a curve.</param>
    /// <exception cref="ArgumentException">Both are given.</exception>
    public static Calibration Platt(int? eachLabel = null, int[]? buckets = null) => new(Core.Platt.calibrator, eachLabel, buckets);

    /// <summary>The non-decreasing step function of least squared error; needs the most rows.</summary>
    /// <param name="eachLabel">Positives from which a label has a curve of its own.</param>
    /// <param name="buckets">Numbers of training rows between which labels share a curve.</param>
    /// <exception cref="ArgumentException">Both are given.</exception>
    public static Calibration Isotonic(int? eachLabel = null, int[]? buckets = null) => new(Core.Isotonic.calibrator, eachLabel, buckets);

    /// <summary>
    /// sigmoid(a ln p - b ln(1 - p) + c) of p = sigmoid(score), a and b at least 0: bends each end of the curve by itself, as one sigmoid cannot (Kull et al. 2017,
    /// https://proceedings.mlr.press/v54/kull17a.html).
    /// </summary>
    /// <param name="eachLabel">Positives from which a label has a curve of its own.</param>
    /// <param name="buckets">Numbers of training rows between which labels share a curve.</param>
    /// <exception cref="ArgumentException">Both are given.</exception>
    public static Calibration Beta(int? eachLabel = null, int[]? buckets = null) => new(Core.Beta.calibrator, eachLabel, buckets);
}
