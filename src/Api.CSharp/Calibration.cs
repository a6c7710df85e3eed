namespace Limen;

/// <summary>How scores become probabilities: see <see cref="Calibrations"/>. Label sets do not depend on it.</summary>
public sealed class Calibration
{
    internal Calibration(Core.Calibrator calibrator, CalibrationScope? scope) =>
        Options = new(calibrator, (scope ?? CalibrationScope.AllLabels()).Value);

    internal Core.CalibrationOptions Options { get; }

    /// <summary>The curve and who shares it.</summary>
    public override string ToString() => $"{Options.Calibrator}, {Options.Scope}";
}
