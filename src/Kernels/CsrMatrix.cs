namespace Limen.Kernels;

/// <summary>
/// A sparse matrix in compressed-sparse-row form: features [N, D], label sets [N, L] (values 1) and score lists [N, L]
/// all use it. Row i holds the entries RowStart[i] to RowStart[i + 1] of Indices and Values; the indices of a row ascend strictly.
/// Messages count rows from 1. The arrays are the matrix: treat them as read-only once it is built, for the kernels address memory by them.
/// </summary>
public sealed class CsrMatrix
{
    private const int RowsPerTask = 4096;

    /// <summary>
    /// Wraps the arrays without copying, and checks their structure: row starts ascend from 0, the columns of a row ascend strictly within
    /// [0, columns). Values may be any numbers (<see cref="Validate"/> wants finite ones). What lies beyond the last row start is not looked at.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths that disagree, or the first row that is not as it should be.</exception>
    public CsrMatrix(int rows, int columns, int[] rowStart, int[] indices, float[] values)
        : this((rows, columns), rowStart, indices, values)
    {
        if (StructureFault() is { } fault) throw new ArgumentException(fault);
    }

    private CsrMatrix((int Rows, int Columns) size, int[] rowStart, int[] indices, float[] values)
    {
        ArgumentNullException.ThrowIfNull(rowStart);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(values);
        var (rows, columns) = size;
        if (rows < 0 || columns < 0)
            throw new ArgumentException($"expected non-negative sizes, received [{rows}, {columns}]");
        if (rowStart.Length != rows + 1L || rowStart[0] != 0)
            throw new ArgumentException($"expected {rows + 1L} row starts from 0, received {rowStart.Length}", nameof(rowStart));
        if (indices.Length < rowStart[rows] || values.Length < rowStart[rows])
            throw new ArgumentException($"expected {rowStart[rows]} entries, received {indices.Length} indices and {values.Length} values", nameof(indices));
        Rows = rows;
        Columns = columns;
        RowStart = rowStart;
        Indices = indices;
        Values = values;
    }

    /// <summary>The same for arrays that this library has made, and knows to be as they should: their entries are not looked at.</summary>
    internal static CsrMatrix Trusted(int rows, int columns, int[] rowStart, int[] indices, float[] values) =>
        new((rows, columns), rowStart, indices, values);

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
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<int> RowIndices(int row) => Indices.AsSpan(Start(row), RowStart[row + 1] - RowStart[row]);

    /// <summary>The values stored in a row, beside <see cref="RowIndices"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan(Start(row), RowStart[row + 1] - RowStart[row]);

    private int Start(int row) => (uint)row < (uint)Rows ? RowStart[row] : throw new ArgumentOutOfRangeException(nameof(row), row, $"expected rows below {Rows}");

    /// <summary>Where the entry of a row and a column stands among all entries; negative where none is stored.</summary>
    internal int Find(int row, int column) => Array.BinarySearch(Indices, RowStart[row], RowStart[row + 1] - RowStart[row], column);

    /// <summary>Checks the whole invariant: the structure, and that every value is finite.</summary>
    /// <exception cref="ArgumentException">Names the first row that breaks it.</exception>
    public CsrMatrix Validate()
    {
        if (StructureFault() is { } fault) throw new ArgumentException(fault);
        for (var row = 0; row < Rows; row++)
            for (var at = RowStart[row]; at < RowStart[row + 1]; at++)
                if (!float.IsFinite(Values[at]))
                    throw new ArgumentException($"row {row + 1}, column {Indices[at]}: expected a finite value, received {Values[at]}");
        return this;
    }

    /// <summary>What is wrong with row starts and columns, of the first row where anything is; null where nothing is.</summary>
    internal string? StructureFault()
    {
        if (RowStart[0] != 0 || NonZeros < 0 || NonZeros > Math.Min(Indices.Length, Values.Length))
            return $"expected row starts from 0 to at most {Math.Min(Indices.Length, Values.Length)}, received {RowStart[0]} to {NonZeros}";
        var faulty = new int[Lanes.Tasks(Rows, RowsPerTask)];
        Workers.For(faulty.Length, task => faulty[task] = FirstFault(task * RowsPerTask, Lanes.End(task, RowsPerTask, Rows)));
        foreach (var row in faulty)
            if (row < Rows)
                return FaultOf(row);
        return null;
    }

    /// <summary>The first of some rows with a fault; N where there is none.</summary>
    private int FirstFault(int first, int end)
    {
        for (var row = first; row < end; row++)
            if (FaultOf(row) is not null)
                return row;
        return Rows;
    }

    private string? FaultOf(int row)
    {
        var (start, end) = (RowStart[row], RowStart[row + 1]);
        if (start < 0 || end < start || end > NonZeros)
            return $"row {row + 1}: expected ascending row starts, received {start} then {end} of {NonZeros} entries";
        var previous = -1;
        foreach (var column in Indices.AsSpan(start, end - start))
        {
            if (column <= previous || column >= Columns)
                return $"row {row + 1}: expected strictly ascending columns below {Columns}, received {column} after {previous}";
            previous = column;
        }
        return null;
    }
}
