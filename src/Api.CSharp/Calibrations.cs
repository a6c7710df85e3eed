namespace Limen;

/// <summary>
/// The curves from score, in log-odds, to probability. Every one is non-decreasing: the order of rows within a label
/// stays.
/// </summary>
public static class Calibrations
{
    /// <summary>sigmoid(score / T), one number.</summary>
    /// <param name="scope">Which labels share a curve. Default: all.</param>
    public static Calibration Temperature(CalibrationScope? scope = null) => new(Core.Calibrator.Temperature, scope);

    /// <summary>sigmoid(slope * score + offset) (Platt 1999).</summary>
    /// <param name="scope">Which labels share a curve. Default: all.</param>
    public static Calibration Platt(CalibrationScope? scope = null) => new(Core.Calibrator.Platt, scope);

    /// <summary>The non-decreasing step function of least squared error; needs the most rows.</summary>
    /// <param name="scope">Which labels share a curve. Default: all.</param>
    public static Calibration Isotonic(CalibrationScope? scope = null) => new(Core.Calibrator.Isotonic, scope);
}
