using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// The common features of a block of training rows, row by row, the most frequent first. Where many queries are searched at once,
/// most rows meet a query that holds a common feature: then walking the rows, with sums in registers, beats walking the postings.
/// </summary>
internal sealed unsafe class CosineRows
{
    private readonly int[] start;
    private readonly int[][] beyond = new int[FrequentFeatures.Levels][];
    private readonly ushort[] ranks;
    private readonly float[] values;

    public CosineRows(CosinePostings postings, FrequentFeatures frequent, int count)
    {
        start = new int[count + 1];
        for (var rank = 0; rank < frequent.Common; rank++)
            foreach (var row in postings.Rows(rank))
                start[row + 1]++;
        for (var row = 0; row < count; row++)
            start[row + 1] += start[row];
        ranks = new ushort[start[count]];
        values = new float[start[count]];
        var next = start[..count];
        var level = 0;
        for (var rank = 0; rank <= frequent.Common; rank++)
        {
            for (; level < FrequentFeatures.Levels && (frequent.Limit(level) == rank || rank == frequent.Common); level++)
                beyond[level] = [.. next];
            if (rank < frequent.Common)
                Append(rank, postings.Rows(rank), postings.Values(rank), next);
        }
    }

    private void Append(int rank, ReadOnlySpan<ushort> rows, ReadOnlySpan<float> of, int[] next)
    {
        for (var at = 0; at < rows.Length; at++)
        {
            var place = next[rows[at]]++;
            ranks[place] = (ushort)rank;
            values[place] = of[at];
        }
    }

    /// <summary>sums[row, lane] = the sum of value * weights[rank, lane] over the common features beyond the head of a level, for as many lanes.</summary>
    public void Multiply<T>(int level, float* weights, int lanes, float* sums) where T : struct, ILanes<T>
    {
        for (var lane = 0; lane < lanes; lane += 2 * T.Count)
            Multiply<T>(beyond[level], weights + lane, sums + lane);
    }

    /// <summary>Two vectors of lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<T>(int[] from, float* weights, float* sums) where T : struct, ILanes<T>
    {
        fixed (int* first = from, last = start)
        fixed (ushort* rank = ranks)
        fixed (float* value = values)
            for (var row = 0; row < from.Length; row++, sums += CosineQueries.Lanes)
            {
                T even0 = T.Broadcast(0f), even1 = even0, odd0 = even0, odd1 = even0;
                nint at = first[row], end = last[row + 1];
                for (; at + 2 <= end; at += 2)
                {
                    Add(value + at, weights + (nuint)rank[at] * CosineQueries.Lanes, ref even0, ref even1);
                    Add(value + at + 1, weights + (nuint)rank[at + 1] * CosineQueries.Lanes, ref odd0, ref odd1);
                }
                if (at < end)
                    Add(value + at, weights + (nuint)rank[at] * CosineQueries.Lanes, ref even0, ref even1);
                T.Store(even0 + odd0, sums);
                T.Store(even1 + odd1, sums + T.Count);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(float* value, float* weights, ref T sum0, ref T sum1) where T : struct, ILanes<T>
    {
        var scale = T.Broadcast(*value);
        T.AddProduct(ref sum0, scale, weights);
        T.AddProduct(ref sum1, scale, weights + T.Count);
    }
}
