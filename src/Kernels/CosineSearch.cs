using System.Numerics;
using System.Runtime.Intrinsics;

namespace Limen.Kernels;

/// <summary>The scratch memory of one search thread, and the search of one query in one block.</summary>
internal sealed unsafe class CosineSearch
{
    /// <summary>How much of a query's norm is left to the bound while its K-th best cosine is unknown, and then: the squared norm per unit of that cosine.</summary>
    private const float FirstHeadNorm = 0.35f, SquaredHeadNormPerBar = 0.47f;

    private readonly CsrMatrix rows;
    private readonly CosineHead head;
    private readonly float[] query;
    private readonly bool rowsNonNegative;
    private readonly float[] sums = GC.AllocateArray<float>(CosinePostings.Capacity + 16, pinned: true);

    public CosineSearch(CsrMatrix rows, CosineHead head)
    {
        this.rows = rows;
        this.head = head;
        query = new float[rows.Columns];
        rowsNonNegative = NonNegative(rows.Values.AsSpan(0, rows.NonZeros));
    }

    /// <summary>Lets the rows of a block into the query's best; the excluded row stays out.</summary>
    public void Update(ReadOnlySpan<int> features, ReadOnlySpan<float> values, CosinePostings block, int excluded, TopKHeap best)
    {
        // each partial sum and the bound carry at most one rounding error per term, relative to sums of at most 1;
        // where no product is negative, a bound of 0 is exact
        var slack = (features.Length + 16) * 1.2e-7f;
        var least = rowsNonNegative && NonNegative(values) ? float.Epsilon : float.NegativeInfinity;
        for (var at = 0; at < features.Length; at++)
            query[features[at]] = values[at];
        sums.AsSpan(0, block.Count).Clear();
        if (excluded >= block.First && excluded < block.First + block.Count)
            sums[excluded - block.First] = float.NegativeInfinity;
        var level = Level(features, values, best.IsFull ? MathF.Sqrt(SquaredHeadNormPerBar * best.Bar) : FirstHeadNorm);
        Accumulate(features, values, block, level, CosineHead.Levels);
        if (!best.IsFull)
            Seed(block, best);
        if (best.IsFull)
            Complete(block, head.Norms(level).Slice(block.First, block.Count), head.Norm(features, values, level), slack, least, best);
        else
        {
            // too few rows share a rare feature with the query for a bar to stand: the sums become exact, and all above 0 are completed
            Accumulate(features, values, block, 0, level);
            Complete(block, head.Norms(0).Slice(block.First, block.Count), 0f, slack, least, best);
        }
        foreach (var feature in features)
            query[feature] = 0f;
    }

    /// <summary>Adds the products of the features whose level lies above one and not above the other.</summary>
    private void Accumulate(ReadOnlySpan<int> features, ReadOnlySpan<float> values, CosinePostings block, int above, int upTo)
    {
        fixed (float* sum = sums)
            for (var at = 0; at < features.Length; at++)
                if (head.Level(features[at]) > above && head.Level(features[at]) <= upTo)
                    block.Accumulate(features[at], values[at], sum);
    }

    /// <summary>The deepest head over which the query's norm is at most the given one.</summary>
    private int Level(ReadOnlySpan<int> features, ReadOnlySpan<float> values, float norm)
    {
        var level = 0;
        while (level + 1 < CosineHead.Levels && head.Norm(features, values, level + 1) <= norm)
            level++;
        return level;
    }

    /// <summary>Completes the rows with the largest partial sums, so that the bar stands high when the bounds are compared with it.</summary>
    private void Seed(CosinePostings block, TopKHeap best)
    {
        var promising = new TopKHeap(best.Capacity);
        for (var row = 0; row < block.Count; row++)
            if (sums[row] > promising.Bar)
                promising.Offer(row, sums[row]);
        foreach (var row in promising.Ids)
            Offer(block.First, row, best);
    }

    private void Complete(CosinePostings block, ReadOnlySpan<float> norms, float headNorm, float slack, float least, TopKHeap best)
    {
        var scale = Vector512.Create(headNorm);
        fixed (float* norm = norms)
        fixed (float* sum = sums)
        {
            var row = 0;
            for (; row + 16 <= block.Count; row += 16)
            {
                var bound = Vector512.FusedMultiplyAdd(scale, Vector512.Load(norm + row), Vector512.Load(sum + row));
                var reach = Vector512.GreaterThanOrEqual(bound, Vector512.Create(Reach(best, slack, least))).ExtractMostSignificantBits();
                for (; reach != 0; reach &= reach - 1)
                    Offer(block.First, row + BitOperations.TrailingZeroCount(reach), best);
            }
            for (; row < block.Count; row++)
                if (sum[row] + headNorm * norm[row] >= Reach(best, slack, least))
                    Offer(block.First, row, best);
        }
    }

    /// <summary>What a bound must attain for its row to matter; rows that are out stand at minus infinity, below it.</summary>
    private static float Reach(TopKHeap best, float slack, float least) => MathF.Max(MathF.Max(best.Bar, 0f) - slack, least);

    private static bool NonNegative(ReadOnlySpan<float> values) => !values.ContainsAnyInRange(float.NegativeInfinity, -float.Epsilon);

    private void Offer(int first, int row, TopKHeap best)
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
