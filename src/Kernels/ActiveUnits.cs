namespace Limen.Kernels;

/// <summary>
/// The hidden units of a batch that are not 0: relu and dropout leave a third to a half of h [B, H], and <see cref="ActiveProducts"/> multiplies
/// no others. Their memory is rented: dispose them.
/// </summary>
public sealed class ActiveUnits : IDisposable
{
    private ActiveUnits(TiledEntries byRow, TiledEntries byUnit) => (ByRow, ByUnit) = (byRow, byUnit);

    /// <summary>Collects what is not 0 of h [B, H], given H; a NaN is not 0.</summary>
    /// <exception cref="ArgumentException">A length that is no multiple of H.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No units.</exception>
    public static ActiveUnits Gather(ReadOnlySpan<float> h, int units)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        var rows = h.Length / units;
        Shapes.Require(h.Length, (long)rows * units, nameof(h));
        return new(TiledEntries.Gather(h, rows, units, units, 1), TiledEntries.Gather(h, units, rows, 1, units));
    }

    /// <summary>B, the rows of the batch.</summary>
    public int Rows => ByRow.Rows;

    /// <summary>H, the hidden units of a row.</summary>
    public int Units => ByRow.Columns;

    /// <summary>The share of the B H numbers that is not 0; 0 where there are none.</summary>
    public double Share => ByRow.Count / Math.Max(1, (double)Rows * Units);

    /// <summary>h [B, H].</summary>
    internal TiledEntries ByRow { get; }

    /// <summary>h' [H, B].</summary>
    internal TiledEntries ByUnit { get; }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ByRow.Dispose();
        ByUnit.Dispose();
    }
}
