namespace Limen;

/// <summary>How probabilities compare with frequencies, in bins of equal width.</summary>
public sealed class ReliabilityTable
{
    internal ReliabilityTable(Core.Reliability table)
    {
        Bins = [.. table.Bins.Select(bin => new ReliabilityBin(bin.Lower, bin.Upper, bin.Count, bin.MeanProbability, bin.Frequency))];
        ExpectedCalibrationError = Core.ReliabilityModule.ece(table);
        Brier = Core.ReliabilityModule.brier(table);
    }

    /// <summary>The bins, in ascending order.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>The mean over pairs of |mean probability - frequency| of the pair's bin.</summary>
    public double ExpectedCalibrationError { get; }

    /// <summary>The mean over pairs of (p - y)^2.</summary>
    public double Brier { get; }
}
