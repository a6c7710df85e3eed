namespace Limen.Kernels;

/// <summary>
/// A sparse matrix in compressed-sparse-row form: features [N, D], label sets [N, L] (values 1) and score lists [N, L]
/// all use it. Row i holds the entries RowStart[i] to RowStart[i + 1] of Indices and Values; the indices of a row ascend strictly.
/// The arrays are the matrix: treat them as read-only once it is built.
/// </summary>
public sealed class CsrMatrix
{
    /// <summary>Wraps the arrays without copying; checks lengths only (see <see cref="Validate"/> for the full check).</summary>
    /// <exception cref="ArgumentException">The array lengths disagree with each other or with the row count.</exception>
    public CsrMatrix(int rows, int columns, int[] rowStart, int[] indices, float[] values)
    {
        ArgumentNullException.ThrowIfNull(rowStart);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(values);
        if (rows < 0 || columns < 0)
            throw new ArgumentException($"expected non-negative sizes, received [{rows}, {columns}]");
        if (rowStart.Length != rows + 1 || rowStart[0] != 0)
            throw new ArgumentException($"expected {rows + 1} row starts from 0, received {rowStart.Length}", nameof(rowStart));
        if (indices.Length < rowStart[rows] || values.Length < rowStart[rows])
            throw new ArgumentException($"expected {rowStart[rows]} entries, received {indices.Length} indices and {values.Length} values", nameof(indices));
        Rows = rows;
        Columns = columns;
        RowStart = rowStart;
        Indices = indices;
        Values = values;
    }

    /// <summary>N, the number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns: D for features, L for labels and scores.</summary>
    public int Columns { get; }

    /// <summary>Where each row begins; N + 1 ascending offsets, the last one is <see cref="NonZeros"/>.</summary>
    public int[] RowStart { get; }

    /// <summary>The column of each entry, ascending within a row.</summary>
    public int[] Indices { get; }

    /// <summary>The value of each entry.</summary>
    public float[] Values { get; }

    /// <summary>How many entries are stored.</summary>
    public int NonZeros => RowStart[Rows];

    /// <summary>The columns stored in a row.</summary>
    public ReadOnlySpan<int> RowIndices(int row) => Indices.AsSpan(RowStart[row], RowStart[row + 1] - RowStart[row]);

    /// <summary>The values stored in a row, beside <see cref="RowIndices"/>.</summary>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan(RowStart[row], RowStart[row + 1] - RowStart[row]);

    /// <summary>Checks the whole invariant: offsets ascend, indices ascend strictly within [0, Columns), values are finite.</summary>
    /// <exception cref="ArgumentException">Names the first row that breaks it.</exception>
    public CsrMatrix Validate()
    {
        for (var row = 0; row < Rows; row++)
        {
            if (RowStart[row + 1] < RowStart[row])
                throw new ArgumentException($"row {row}: expected ascending row starts, received {RowStart[row]} then {RowStart[row + 1]}");
            var previous = -1;
            for (var at = RowStart[row]; at < RowStart[row + 1]; at++)
            {
                if (Indices[at] <= previous || Indices[at] >= Columns)
                    throw new ArgumentException($"row {row}: expected strictly ascending columns below {Columns}, received {Indices[at]} after {previous}");
                if (!float.IsFinite(Values[at]))
                    throw new ArgumentException($"row {row}, column {Indices[at]}: expected a finite value, received {Values[at]}");
                previous = Indices[at];
            }
        }
        return this;
    }
}
