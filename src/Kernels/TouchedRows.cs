namespace Limen.Kernels;

/// <summary>
/// The features that a batch touches, and which of its rows have them. One instance serves a whole training run: its buffers grow to the largest batch and are used again.
/// </summary>
public sealed class TouchedRows
{
    private int[] _slot = [];
    private int[] _ids = [];
    private int[] _start = [0];
    private int[] _batchRow = [];
    private float[] _value = [];

    /// <summary>How many different features the batch has.</summary>
    public int Count { get; private set; }

    /// <summary>The features, each once, in the order in which the batch first names them.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>B, the rows of the batch.</summary>
    public int BatchRows { get; private set; }

    /// <summary>Collects the features of the rows of x [N, D] that form the batch (a row may occur twice), and the batch's transpose.</summary>
    /// <exception cref="ArgumentException">A row that x does not have.</exception>
    public void Gather(CsrMatrix x, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        Shapes.RequireRows(rows, x.Rows, nameof(rows));
        var all = 0L;
        foreach (var row in rows) all += x.RowStart[row + 1] - x.RowStart[row];
        var entries = Shapes.Length(all, nameof(rows));
        var most = Math.Min(entries, x.Columns);
        foreach (var id in Ids) _slot[id] = 0;
        if (_slot.Length < x.Columns) _slot = new int[x.Columns];
        Grow(ref _ids, most);
        Grow(ref _start, Shapes.Length(most + 2L, nameof(rows)));
        Grow(ref _batchRow, entries);
        Grow(ref _value, entries);
        (Count, BatchRows) = (0, rows.Length);
        CountEntries(x, rows);
        Transpose(x, rows);
    }

    internal ReadOnlySpan<int> Starts => _start.AsSpan(0, Count + 1);

    internal ReadOnlySpan<int> EntryRows => _batchRow;

    internal ReadOnlySpan<float> EntryValues => _value;

    // _slot holds 1 + the place of a feature in _ids, 0 for the others; _start[place + 2] counts its entries
    private void CountEntries(CsrMatrix x, ReadOnlySpan<int> rows)
    {
        _start[0] = _start[1] = 0;
        foreach (var row in rows)
        {
            foreach (var id in x.RowIndices(row))
            {
                if (_slot[id] == 0)
                {
                    _ids[Count] = id;
                    _slot[id] = ++Count;
                    _start[Count + 1] = 0;
                }
                _start[_slot[id] + 1]++;
            }
        }
        for (var i = 2; i <= Count + 1; i++) _start[i] += _start[i - 1];
    }

    // writing at _start[place + 1] moves it from the place's first entry to its end, which is where the next place begins
    private void Transpose(CsrMatrix x, ReadOnlySpan<int> rows)
    {
        for (var b = 0; b < rows.Length; b++)
        {
            var ids = x.RowIndices(rows[b]);
            var values = x.RowValues(rows[b]);
            for (var i = 0; i < ids.Length; i++)
            {
                var at = _start[_slot[ids[i]]]++;
                _batchRow[at] = b;
                _value[at] = values[i];
            }
        }
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length) buffer = new T[Math.Max(length, (int)Math.Min(Array.MaxLength, buffer.Length * 3L / 2))];
    }
}
