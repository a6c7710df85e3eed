namespace Limen.Kernels;

/// <summary>The transpose of a sparse matrix, by counting: time and memory in its entries, rows and columns.</summary>
public static class Transposed
{
    /// <summary>[N, D] to [D, N].</summary>
    /// <param name="m">The matrix.</param>
    public static CsrMatrix Of(CsrMatrix m)
    {
        ArgumentNullException.ThrowIfNull(m);
        var start = new int[Shapes.Length(m.Columns + 1L, nameof(m))];
        foreach (var column in m.Indices.AsSpan(0, m.NonZeros))
            start[column + 1]++;
        for (var column = 0; column < m.Columns; column++)
            start[column + 1] += start[column];
        var next = start[..^1];
        var rows = new int[m.NonZeros];
        var values = new float[m.NonZeros];
        for (var row = 0; row < m.Rows; row++)
            for (var at = m.RowStart[row]; at < m.RowStart[row + 1]; at++)
            {
                var place = next[m.Indices[at]]++;
                rows[place] = row;
                values[place] = m.Values[at];
            }
        return CsrMatrix.Trusted(m.Columns, m.Rows, start, rows, values);
    }
}
