using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>A block of training rows transposed: for each feature, by its rank, the rows that hold it. A posting takes six bytes.</summary>
internal sealed unsafe class CosinePostings
{
    private readonly int[] start;
    private readonly ushort[] rows;
    private readonly float[] values;

    /// <summary>The rows [first, first + count) of the matrix, numbered from 0; at most 65,536.</summary>
    public CosinePostings(CsrMatrix normalised, FrequentFeatures frequent, int first, int count)
    {
        var from = normalised.RowStart[first];
        var to = normalised.RowStart[first + count];
        start = new int[Shapes.Length(normalised.Columns + 2L, nameof(normalised))];
        for (var at = from; at < to; at++)
            start[frequent.Rank(normalised.Indices[at]) + 2]++;
        for (var rank = 2; rank < start.Length; rank++)
            start[rank] += start[rank - 1];
        rows = new ushort[to - from];
        values = new float[to - from];
        // start[r + 1] is the place to fill next, and ends as the beginning of rank r + 1
        for (var row = 0; row < count; row++)
            for (var at = normalised.RowStart[first + row]; at < normalised.RowStart[first + row + 1]; at++)
            {
                var place = start[frequent.Rank(normalised.Indices[at]) + 1]++;
                rows[place] = (ushort)row;
                values[place] = normalised.Values[at];
            }
    }

    /// <summary>The rows that hold the feature of a rank, ascending.</summary>
    public ReadOnlySpan<ushort> Rows(int rank) => rows.AsSpan(start[rank], start[rank + 1] - start[rank]);

    /// <summary>Its values in them.</summary>
    public ReadOnlySpan<float> Values(int rank) => values.AsSpan(start[rank], start[rank + 1] - start[rank]);

    /// <summary>sums[row, lane] += value * weights[lane] over the rows that hold the feature, for as many lanes; the sums of a row lie stride apart from the next.</summary>
    public void Accumulate<T>(int rank, float* weights, int lanes, int stride, float* sums) where T : struct, ILanes<T>
    {
        var count = start[rank + 1] - start[rank];
        fixed (ushort* row = rows)
        fixed (float* value = values)
            for (var lane = 0; lane < lanes; lane += T.Count)
                if (T.GreaterBits(T.Abs(T.Load(weights + lane)), T.Broadcast(0f)) != 0)
                    Add(row + start[rank], value + start[rank], count, T.Load(weights + lane), stride, sums + lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(ushort* rows, float* values, int count, T weights, nint stride, float* sums) where T : struct, ILanes<T>
    {
        for (nint at = 0; at < count; at++)
        {
            var place = sums + rows[at] * stride;
            T.Store(T.Fma(T.Broadcast(values[at]), weights, T.Load(place)), place);
        }
    }
}
