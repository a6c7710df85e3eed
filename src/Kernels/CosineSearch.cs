using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Limen.Kernels;

/// <summary>The scratch memory of one search thread, and the search of one query in one block.</summary>
internal sealed unsafe class CosineSearch
{
    /// <summary>The share of a query's norm that may be left to the bound.</summary>
    private const float HeadShare = 0.37f;

    private readonly CsrMatrix rows;
    private readonly CosineHead head;
    private readonly float[] query;
    private readonly float[] sums = GC.AllocateArray<float>(CosinePostings.Capacity + 16, pinned: true);

    public CosineSearch(CsrMatrix rows, CosineHead head)
    {
        this.rows = rows;
        this.head = head;
        query = new float[rows.Columns];
    }

    /// <summary>Lets the rows of a block into the query's best; the excluded row stays out.</summary>
    public void Update(ReadOnlySpan<int> features, ReadOnlySpan<float> values, CosinePostings block, int excluded, TopHeap best)
    {
        var level = Level(features, values);
        var headNorm = head.Norm(features, values, level);
        // each partial sum and the bound carry at most one rounding error per term, relative to sums of at most 1
        var slack = (features.Length + 16) * 1.2e-7f;
        sums.AsSpan(0, block.Count).Clear();
        fixed (float* sum = sums)
            for (var at = 0; at < features.Length; at++)
            {
                query[features[at]] = values[at];
                if (!head.Holds(features[at], level))
                    block.Accumulate(features[at], values[at], sum);
            }
        if (excluded >= block.First && excluded < block.First + block.Count)
            sums[excluded - block.First] = float.NegativeInfinity;
        if (!best.IsFull)
            Seed(block, best);
        Complete(block, head.Norms(level).Slice(block.First, block.Count), headNorm, slack, best);
        foreach (var feature in features)
            query[feature] = 0f;
    }

    private int Level(ReadOnlySpan<int> features, ReadOnlySpan<float> values)
    {
        var level = 0;
        while (level + 1 < CosineHead.Levels && head.Norm(features, values, level + 1) <= HeadShare)
            level++;
        return level;
    }

    /// <summary>Completes the rows with the largest partial sums, so that the bar stands high when the bounds are compared with it.</summary>
    private void Seed(CosinePostings block, TopHeap best)
    {
        var promising = new TopHeap(best.Capacity);
        for (var row = 0; row < block.Count; row++)
            if (sums[row] > promising.Bar)
                promising.Offer(row, sums[row]);
        foreach (var row in promising.Ids)
            Offer(block.First, row, best);
    }

    private void Complete(CosinePostings block, ReadOnlySpan<float> norms, float headNorm, float slack, TopHeap best)
    {
        var scale = Vector512.Create(headNorm);
        fixed (float* norm = norms)
        fixed (float* sum = sums)
        {
            var row = 0;
            for (; row + 16 <= block.Count; row += 16)
            {
                var bound = Vector512.FusedMultiplyAdd(scale, Vector512.Load(norm + row), Vector512.Load(sum + row));
                var reach = Vector512.GreaterThanOrEqual(bound, Vector512.Create(Reach(best, slack))).ExtractMostSignificantBits();
                for (; reach != 0; reach &= reach - 1)
                    Offer(block.First, row + System.Numerics.BitOperations.TrailingZeroCount(reach), best);
            }
            for (; row < block.Count; row++)
                if (sum[row] + headNorm * norm[row] >= Reach(best, slack))
                    Offer(block.First, row, best);
        }
    }

    /// <summary>What a bound must attain for its row to matter; rows that are out stand at minus infinity, below it.</summary>
    private static float Reach(TopHeap best, float slack) => MathF.Max(best.Bar, 0f) - slack;

    private void Offer(int first, int row, TopHeap best)
    {
        sums[row] = float.NegativeInfinity;
        var cosine = 0.0;
        var features = rows.RowIndices(first + row);
        var values = rows.RowValues(first + row);
        for (var at = 0; at < features.Length; at++)
            cosine += (double)query[features[at]] * values[at];
        if ((float)cosine > 0f)
            best.Offer(first + row, (float)cosine);
    }
}
