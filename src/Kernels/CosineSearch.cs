using System.Numerics;
using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>The scratch memory of one search thread, and the search of up to <see cref="CosineQueries.Lanes"/> queries in every block.</summary>
internal sealed unsafe class CosineSearch
{
    /// <summary>How much of a query's norm is left to the bound while its K-th best cosine is unknown, and then: the squared norm per unit of that cosine.</summary>
    private const float FirstHeadNorm = 0.35f, SquaredHeadNormPerBar = 0.47f;

    private const int Lanes = CosineQueries.Lanes;

    private readonly CsrMatrix rows;
    private readonly FrequentFeatures frequent;
    private readonly bool rowsNonNegative;
    private readonly CosineQueries group;
    private readonly float[] query;
    private readonly float[] memory = GC.AllocateArray<float>(CosineBlock.Capacity * Lanes + 16, pinned: true);
    private readonly float* sums;
    private readonly float[] scales = new float[Lanes];
    private readonly float[] bars = new float[Lanes];
    private readonly ushort[] candidates = new ushort[Lanes * CosineBlock.Capacity];
    private readonly int[] chosen = new int[Lanes];
    private int width; // lanes in use: the sums of a row lie so far from the next row's

    public CosineSearch(CsrMatrix rows, FrequentFeatures frequent)
    {
        this.rows = rows;
        this.frequent = frequent;
        rowsNonNegative = AreNonNegative(rows.Values.AsSpan(0, rows.NonZeros));
        group = new CosineQueries(rows.Columns, frequent);
        query = new float[rows.Columns];
        sums = CacheLines.Align((float*)Unsafe.AsPointer(ref memory[0]));
    }

    public static bool AreNonNegative(ReadOnlySpan<float> values) => !values.ContainsAnyInRange(float.NegativeInfinity, -float.Epsilon);

    /// <summary>Finds the best rows of the queries [from, from + best.Length) in the blocks; the excluded row of each stays out.</summary>
    public void Run<T>(CsrMatrix queries, int from, Func<int, int> excluded, CosineBlock[] blocks, TopKHeap[] best) where T : struct, ILanes<T>
    {
        group.Load(queries, from, from + best.Length);
        width = best.Length switch { <= 4 => 4, <= 8 => 8, _ => Lanes };
        foreach (var block in blocks)
            if (width == 4 && T.Count >= 4)
                Update<F128>(block, queries, from, excluded, best);
            else if (width == 8 && T.Count >= 8)
                Update<F256>(block, queries, from, excluded, best);
            else
                Update<T>(block, queries, from, excluded, best);
    }

    private void Update<T>(CosineBlock block, CsrMatrix queries, int from, Func<int, int> excluded, TopKHeap[] best) where T : struct, ILanes<T>
    {
        var level = Level(best);
        Sum<T>(block, level);
        for (var lane = 0; lane < best.Length; lane++)
            Exclude(block, excluded(from + lane) - block.First, lane);
        if (!Array.TrueForAll(best, heap => heap.IsFull))
            Seed<T>(block, queries, from, best);
        if (level > 0 && !Array.TrueForAll(best, heap => heap.IsFull))
        {
            // too few rows share a rare feature with a query to set a bar: the sums become exact, and all above 0 are completed
            Accumulate<T>(block, 0, group.First(frequent.Limit(level)));
            level = 0;
        }
        Choose<T>(block, level, best);
        for (var lane = 0; lane < best.Length; lane++)
            if (chosen[lane] > 0)
                Complete(block, queries, from, lane, level, best[lane]);
    }

    /// <summary>The deepest head over which no query's norm is more than its bar allows.</summary>
    private int Level(TopKHeap[] best)
    {
        var level = FrequentFeatures.Levels - 1;
        for (var lane = 0; lane < best.Length; lane++)
        {
            var norm = best[lane].IsFull ? MathF.Sqrt(SquaredHeadNormPerBar * best[lane].Bar) : FirstHeadNorm;
            while (level > 0 && group.Norm(lane, level) > norm)
                level--;
        }
        return level;
    }

    /// <summary>The products of the features beyond the head of a level. Up to eight queries walk the postings alone: most rows hold few of their common features.</summary>
    private void Sum<T>(CosineBlock block, int level) where T : struct, ILanes<T>
    {
        var from = frequent.Limit(level);
        if (width == Lanes)
        {
            block.Rows.Multiply<T>(level, group.Common, group.Count, sums);
            from = Math.Max(from, frequent.Common);
        }
        else
            new Span<float>(sums, block.Count * width).Clear();
        Accumulate<T>(block, group.First(from), group.Features);
    }

    /// <summary>Adds the products of the group's features [from, to).</summary>
    private void Accumulate<T>(CosineBlock block, int from, int to) where T : struct, ILanes<T>
    {
        for (var feature = from; feature < to; feature++)
            block.Postings.Accumulate<T>(group.Rank(feature), group.Values(feature), group.Count, width, sums);
    }

    private nint Place(int row, int lane) => (nint)row * width + lane;

    private void Exclude(CosineBlock block, int row, int lane)
    {
        if (row >= 0 && row < block.Count)
            sums[Place(row, lane)] = float.NegativeInfinity;
    }

    /// <summary>Completes the rows with the largest partial sums, so that the bar stands high when the bounds are compared with it.</summary>
    private void Seed<T>(CosineBlock block, CsrMatrix queries, int from, TopKHeap[] best) where T : struct, ILanes<T>
    {
        var promising = Array.ConvertAll(best, heap => heap.IsFull ? null : new TopKHeap(heap.Capacity));
        bars.AsSpan().Fill(float.PositiveInfinity);
        for (var lane = 0; lane < best.Length; lane++)
            bars[lane] = promising[lane]?.Bar ?? float.PositiveInfinity;
        fixed (float* bar = bars)
            for (var lane = 0; lane < best.Length; lane += T.Count)
                for (var row = 0; row < block.Count; row++)
                    for (var above = T.GreaterBits(T.Load(sums + Place(row, lane)), T.Load(bar + lane)); above != 0; above &= above - 1)
                    {
                        var one = lane + BitOperations.TrailingZeroCount(above);
                        promising[one]!.Offer(row, sums[Place(row, one)]);
                        bar[one] = promising[one]!.Bar;
                    }
        for (var lane = 0; lane < best.Length; lane++)
        {
            if (promising[lane] is not { } rows) continue;
            Spread(queries, from + lane, 1f);
            foreach (var row in rows.Ids)
                Offer(block, row, lane, best[lane]);
            Spread(queries, from + lane, 0f);
        }
    }

    /// <summary>Lists the rows whose bounds exceed the bars as they stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Choose<T>(CosineBlock block, int level, TopKHeap[] best) where T : struct, ILanes<T>
    {
        bars.AsSpan().Fill(float.PositiveInfinity);
        for (var lane = 0; lane < best.Length; lane++)
            (scales[lane], bars[lane], chosen[lane]) = (group.Norm(lane, level), Bar(best[lane]), 0);
        fixed (float* norm = frequent.Norms(level).Slice(block.First, block.Count))
        fixed (float* scale = scales, bar = bars)
            for (var lane = 0; lane < best.Length; lane += T.Count)
            {
                T a = T.Load(scale + lane), least = T.Load(bar + lane);
                for (var row = 0; row < block.Count; row++)
                    for (var above = T.GreaterBits(T.Fma(a, T.Broadcast(norm[row]), T.Load(sums + Place(row, lane))), least); above != 0; above &= above - 1)
                    {
                        var one = lane + BitOperations.TrailingZeroCount(above);
                        candidates[one * CosineBlock.Capacity + chosen[one]++] = (ushort)row;
                    }
            }
    }

    private void Complete(CosineBlock block, CsrMatrix queries, int from, int lane, int level, TopKHeap best)
    {
        Spread(queries, from + lane, 1f);
        var norms = frequent.Norms(level).Slice(block.First, block.Count);
        foreach (var row in candidates.AsSpan(lane * CosineBlock.Capacity, chosen[lane]))
            if (sums[Place(row, lane)] + group.Norm(lane, level) * norms[row] > Bar(best))
                Offer(block, row, lane, best);
        Spread(queries, from + lane, 0f);
    }

    /// <summary>
    /// What a bound must exceed for its row to matter; rows that are out have a sum of minus infinity, below it. Each partial sum and the bound carry at most
    /// one rounding error per term, relative to sums of at most 1; where no product is negative, a bound of 0 is exact.
    /// </summary>
    private float Bar(TopKHeap best)
    {
        var bar = MathF.BitDecrement(MathF.Max(best.Bar, 0f) - (group.Longest + 16) * 1.2e-7f);
        return rowsNonNegative && group.NonNegative ? MathF.Max(bar, 0f) : bar;
    }

    private void Spread(CsrMatrix queries, int row, float scale)
    {
        var features = queries.RowIndices(row);
        var values = queries.RowValues(row);
        for (var at = 0; at < features.Length; at++)
            query[features[at]] = scale * values[at];
    }

    private void Offer(CosineBlock block, int row, int lane, TopKHeap best)
    {
        sums[Place(row, lane)] = float.NegativeInfinity;
        var cosine = 0.0;
        var features = rows.RowIndices(block.First + row);
        var values = rows.RowValues(block.First + row);
        for (var at = 0; at < features.Length; at++)
            cosine += (double)query[features[at]] * values[at];
        if ((float)cosine > 0f)
            best.Offer(block.First + row, (float)cosine);
    }
}
