namespace Limen.Kernels;

/// <summary>In which order the chosen labels of a row stand.</summary>
public enum TopKOrder
{
    /// <summary>Labels ascending, as a <see cref="CsrMatrix"/> wants them.</summary>
    ByLabel,

    /// <summary>Scores descending; equal scores by label ascending.</summary>
    ByScore,
}

/// <summary>
/// The k largest scores of a row without sorting it: a vector scan passes over everything that the worst of the best k so far already beats.
/// Of equal scores the lower label wins. NaN is never chosen.
/// </summary>
public static unsafe partial class TopK
{
    private const int GroupVectors = 8;

    /// <summary>
    /// Writes the labels and scores of the k largest of scores [L]; k is the length of labels. Returns how many were written, fewer than k only
    /// where the row has fewer scores that are numbers.
    /// </summary>
    /// <exception cref="ArgumentException">labels and values differ in length.</exception>
    public static int Row(ReadOnlySpan<float> scores, Span<int> labels, Span<float> values, TopKOrder order)
    {
        Shapes.Require(values.Length, labels.Length, nameof(values));
        int count;
        fixed (float* s = scores, v = values)
        fixed (int* l = labels)
        {
            var row = new RowScan(s, scores.Length, labels.Length, l, v, &count, order);
            Lanes.For(1, row);
        }
        return count;
    }

    /// <summary>The k largest of each row of scores [B, labels] as score lists [B, labels], over all threads.</summary>
    /// <exception cref="ArgumentException">The scores are not whole rows, or labels or k are negative.</exception>
    public static CsrMatrix Block(ReadOnlySpan<float> scores, int labels, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        var rows = labels == 0 ? 0 : scores.Length / labels;
        Shapes.Require(scores.Length, (long)rows * labels, nameof(scores));
        k = Math.Min(k, labels);
        var chosen = Shapes.Length(rows, k, nameof(scores));
        var (start, indices, values) = (new int[Shapes.Length(rows + 1L, nameof(scores))], new int[chosen], new float[chosen]);
        fixed (float* s = scores, v = values)
        fixed (int* l = indices, counts = start)
            Lanes.For(rows, new BlockScan(s, labels, k, l, v, counts + 1));
        Close(start, indices, values, k);
        return CsrMatrix.Trusted(rows, labels, start, indices, values);
    }

    /// <summary>Turns counts into offsets, and moves the rows together where one is shorter than k.</summary>
    private static void Close(int[] start, int[] indices, float[] values, int k)
    {
        for (var row = 0; row + 1 < start.Length; row++)
        {
            var count = start[row + 1];
            if (start[row] != row * k)
            {
                Array.Copy(indices, row * k, indices, start[row], count);
                Array.Copy(values, row * k, values, start[row], count);
            }
            start[row + 1] = start[row] + count;
        }
    }

    private readonly struct BlockScan(float* scores, int labels, int k, int* indices, float* values, int* counts) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T> =>
            new RowScan(scores + (long)task * labels, labels, k, indices + (long)task * k, values + (long)task * k, counts + task, TopKOrder.ByLabel).Run<T>(0);
    }

    /// <summary>A row's scan; the outputs hold a heap with the worst of the best at its root.</summary>
    private readonly struct RowScan(float* scores, int length, int k, int* labels, float* values, int* written, TopKOrder order) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var (count, at) = (0, 0);
            var bar = Bar<T>();
            if (bar > float.NegativeInfinity)
            {
                var below = T.Broadcast(MathF.BitDecrement(bar));
                for (; at <= length - T.Count && count < k; at += T.Count)
                {
                    var reach = T.GreaterBits(T.Load(scores + at), below);
                    for (; reach != 0; reach &= reach - 1)
                    {
                        var label = at + System.Numerics.BitOperations.TrailingZeroCount(reach);
                        if (count < k) Add(label, ref count);
                        else Offer(label);
                    }
                }
            }
            for (; at < length && count < k; at++)
            {
                if (scores[at] >= bar) Add(at, ref count);
            }
            if (k > 0) Scan<T>(at);
            *written = count;
            Sort(count);
        }

        /// <summary>
        /// What the k best reach at least: the k-th largest of the largest scores of groups that share none, lane by lane; minus infinity where
        /// there are fewer groups. Without it, hundreds of scores would enter the heap and leave again.
        /// </summary>
        private float Bar<T>() where T : struct, ILanes<T>
        {
            var groups = GroupVectors * T.Count;
            if (k == 0 || k > groups || length < 4 * groups) return float.NegativeInfinity;
            float* largest = stackalloc float[groups];
            new Span<float>(largest, groups).Fill(float.NegativeInfinity);
            for (var at = 0; at <= length - groups; at += groups)
            {
                for (var i = 0; i < groups; i += T.Count) T.Store(T.Max(T.Load(scores + at + i), T.Load(largest + i)), largest + i);
            }
            var sorted = new Span<float>(largest, groups);
            sorted.Sort();
            return sorted[groups - k];
        }

        private void Add(int label, ref int count)
        {
            (labels[count], values[count]) = (label, scores[label]);
            WorstFirst.Rise(ref *labels, ref *values, count++);
        }

        private void Scan<T>(int at) where T : struct, ILanes<T>
        {
            for (; at <= length - T.Count; at += T.Count)
            {
                var better = T.GreaterBits(T.Load(scores + at), T.Broadcast(values[0]));
                for (; better != 0; better &= better - 1) Offer(at + System.Numerics.BitOperations.TrailingZeroCount(better));
            }
            for (; at < length; at++) Offer(at);
        }

        private void Offer(int label)
        {
            if (!(scores[label] > values[0])) return;
            (labels[0], values[0]) = (label, scores[label]);
            WorstFirst.Sink(ref *labels, ref *values, k);
        }

        private void Sort(int count)
        {
            if (order == TopKOrder.ByLabel)
            {
                new Span<int>(labels, count).Sort(new Span<float>(values, count));
                return;
            }
            for (var last = count - 1; last > 0; last--)
            {
                WorstFirst.Swap(ref *labels, ref *values, 0, last);
                WorstFirst.Sink(ref *labels, ref *values, last);
            }
        }
    }
}
