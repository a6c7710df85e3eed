namespace Limen.Kernels;

/// <summary>
/// One block of up to <see cref="Capacity"/> normalised training rows, turned round: for each feature the rows that hold it.
/// Rows are numbered from <see cref="First"/>, so a posting takes six bytes.
/// </summary>
internal sealed class CosinePostings
{
    public const int Capacity = 1 << 13;

    private readonly int[] start;
    private readonly ushort[] rows;
    private readonly float[] values;

    public CosinePostings(CsrMatrix normalised, int first)
    {
        First = first;
        Count = Math.Min(Capacity, normalised.Rows - first);
        var from = normalised.RowStart[first];
        var to = normalised.RowStart[first + Count];
        start = new int[normalised.Columns + 2];
        for (var at = from; at < to; at++)
            start[normalised.Indices[at] + 2]++;
        for (var feature = 2; feature < start.Length; feature++)
            start[feature] += start[feature - 1];
        rows = new ushort[to - from];
        values = new float[to - from];
        // start[f + 1] is the place to fill next, and ends as the beginning of feature f + 1
        for (var row = 0; row < Count; row++)
            for (var at = normalised.RowStart[first + row]; at < normalised.RowStart[first + row + 1]; at++)
            {
                var place = start[normalised.Indices[at] + 1]++;
                rows[place] = (ushort)row;
                values[place] = normalised.Values[at];
            }
    }

    /// <summary>The number of the block's first row in the matrix.</summary>
    public int First { get; }

    /// <summary>How many rows the block holds.</summary>
    public int Count { get; }

    /// <summary>sums[row] += weight * value, over the rows that hold the feature.</summary>
    public unsafe void Accumulate(int feature, float weight, float* sums)
    {
        var from = start[feature];
        var count = start[feature + 1] - from;
        fixed (ushort* row0 = rows)
        fixed (float* value0 = values)
        {
            var row = row0 + from;
            var value = value0 + from;
            var k = 0;
            for (; k + 4 <= count; k += 4)
            {
                sums[row[k]] += weight * value[k];
                sums[row[k + 1]] += weight * value[k + 1];
                sums[row[k + 2]] += weight * value[k + 2];
                sums[row[k + 3]] += weight * value[k + 3];
            }
            for (; k < count; k++)
                sums[row[k]] += weight * value[k];
        }
    }
}
