using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class AdaptiveLoss
{
    /// <summary>The arguments of a call, pinned; without Gradient only the value is wanted.</summary>
    private struct Batch
    {
        public float* Logits;
        public int Labels;
        public int* Rows;
        public int Count;
        public CsrMatrix Targets;
        public CsrMatrix Local;
        public float* Offset;
        public float* Slope;
        public float* PosWeight;
        public LossTerms Terms;
        public float* Gradient;
        public float* OffsetGradient;
        public float* SlopeGradient;
    }

    /// <summary>One task: the labels of a block, every row of the batch.</summary>
    private readonly struct Blocks<TMargin>(Batch batch, double[] losses) : ILaneTasks where TMargin : struct, IMargin
    {
        [SkipLocalsInit]
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var first = task * BlockLabels;
            var count = Math.Min(BlockLabels, batch.Labels - first);
            float* theta = stackalloc float[BlockLabels];
            float* sum = stackalloc float[BlockLabels];
            float* slopeSum = stackalloc float[BlockLabels];
            int* stored = stackalloc int[BlockLabels];
            float* slopes = stackalloc float[BlockLabels];
            new Span<float>(batch.Offset + first, count).CopyTo(new Span<float>(theta, count));
            new Span<float>(sum, count).Clear();
            new Span<float>(slopeSum, count).Clear();

            var loss = 0.0;
            for (var b = 0; b < batch.Count; b++)
            {
                var z = batch.Logits + (long)b * batch.Labels + first;
                var pairs = StoredPairs(batch.Rows[b], first, count, z, theta, slopeSum, stored, slopes, ref loss);
                if (batch.Gradient == null)
                {
                    loss += Values<T>(z, theta, count);
                }
                else
                {
                    var g = batch.Gradient + (long)b * batch.Labels + first;
                    loss += Gradients<T>(z, theta, count, g, sum);
                    for (var i = 0; i < pairs; i++)
                    {
                        g[stored[i]] = slopes[i];
                        sum[stored[i]] += slopes[i];
                    }
                }
                for (var i = 0; i < pairs; i++) theta[stored[i]] = batch.Offset[first + stored[i]];
            }
            losses[task] = loss;
            if (batch.Gradient == null) return;
            for (var l = 0; l < count; l++)
            {
                batch.OffsetGradient[first + l] = -sum[l];
                batch.SlopeGradient[first + l] = -slopeSum[l];
            }
        }

        /// <summary>
        /// The pairs of a row within the block that are stored in targets or in local, merged by label: adds their loss, notes their labels and
        /// slopes, and lifts their thresholds to infinity. Returns how many there are.
        /// </summary>
        private int StoredPairs(int row, int first, int count, float* z, float* theta, float* slopeSum, int* stored, float* slopes, ref double loss)
        {
            var pairs = 0;
            var (t, tEnd) = Within(batch.Targets, row, first, count);
            var (a, aEnd) = Within(batch.Local, row, first, count);
            var (targetLabels, localLabels) = (batch.Targets.Indices, batch.Local.Indices);
            while (t < tEnd || a < aEnd)
            {
                var targetLabel = t < tEnd ? targetLabels[t] : int.MaxValue;
                var localLabel = a < aEnd ? localLabels[a] : int.MaxValue;
                var label = Math.Min(targetLabel, localLabel);
                var y = targetLabel == label ? batch.Targets.Values[t++] : 0f;
                var signal = localLabel == label ? batch.Local.Values[a++] : 0f;
                var weight = batch.PosWeight == null ? 1f : batch.PosWeight[label];
                var l = label - first;
                var m = z[l] - MathF.FusedMultiplyAdd(batch.Slope[label], signal, batch.Offset[label]);
                loss += Pair(m, y, weight, out var slope);
                slope *= batch.Terms.Scale;
                slopeSum[l] += slope * signal;
                stored[pairs] = l;
                slopes[pairs++] = slope;
                theta[l] = float.PositiveInfinity;
            }
            return pairs;
        }

        /// <summary>The loss of any pair and its slope in m, without Scale.</summary>
        private float Pair(F1 m, float y, float weight, out float slope)
        {
            F1 e = VectorMath.ExpOfMinus(F1.Abs(m)), minus = new F1(-m);
            float log = VectorMath.Log1p(e), p = VectorMath.Sigmoid(m, e), q = VectorMath.Sigmoid(minus, e);
            float above = F1.Max(0f, m), below = F1.Max(0f, minus);
            float margin = TMargin.Of(m, new F1(2 * y - 1), new F1(batch.Terms.Delta), out var marginSlope);
            slope = batch.Terms.Bce * ((1 - y) * p - weight * y * q) + batch.Terms.Margin * marginSlope;
            return batch.Terms.Bce * ((1 - y) * (above + log) + weight * y * (below + log)) + batch.Terms.Margin * margin;
        }

        private double Gradients<T>(float* z, float* theta, int count, float* g, float* sum) where T : struct, ILanes<T>
        {
            var ahead = batch.Labels;
            var loss = T.Broadcast(0f);
            var i = 0;
            for (; i <= count - T.Count; i += T.Count)
            {
                Lanes.Prefetch(z + i + ahead);
                var s = Negative(T.Load(z + i) - T.Load(theta + i), ref loss);
                T.Store(T.Load(sum + i) + s, sum + i);
                T.Store(s, g + i);
            }
            var rest = new F1(0f);
            for (; i < count; i++)
            {
                float s = Negative(new F1(z[i] - theta[i]), ref rest);
                sum[i] += s;
                g[i] = s;
            }
            return (double)T.Sum(loss) + rest;
        }

        private double Values<T>(float* z, float* theta, int count) where T : struct, ILanes<T>
        {
            var loss = T.Broadcast(0f);
            var i = 0;
            for (; i <= count - T.Count; i += T.Count) Negative(T.Load(z + i) - T.Load(theta + i), ref loss);
            var rest = new F1(0f);
            for (; i < count; i++) Negative(new F1(z[i] - theta[i]), ref rest);
            return (double)T.Sum(loss) + rest;
        }

        /// <summary>Pairs with y = 0: adds their loss and returns their slopes times Scale.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private V Negative<V>(V m, ref V loss) where V : struct, ILanes<V>
        {
            var terms = batch.Terms;
            var e = VectorMath.ExpOfMinus(V.Abs(m));
            var margin = TMargin.Of(m, V.Broadcast(-1f), V.Broadcast(terms.Delta), out var marginSlope);
            loss = V.Fma(V.Broadcast(terms.Bce), V.Max(V.Broadcast(0f), m) + VectorMath.Log1p(e), loss);
            loss = V.Fma(V.Broadcast(terms.Margin), margin, loss);
            return V.Fma(V.Broadcast(terms.Margin * terms.Scale), marginSlope, V.Broadcast(terms.Bce * terms.Scale) * VectorMath.Sigmoid(m, e));
        }

        /// <summary>Where the entries of a row with a column in [first, first + count) lie.</summary>
        private static (int Start, int End) Within(CsrMatrix matrix, int row, int first, int count)
        {
            var start = LowerBound(matrix.Indices, matrix.RowStart[row], matrix.RowStart[row + 1], first);
            var end = start;
            while (end < matrix.RowStart[row + 1] && matrix.Indices[end] < first + count) end++;
            return (start, end);
        }

        private static int LowerBound(int[] sorted, int from, int to, int value)
        {
            while (from < to)
            {
                var middle = (from + to) >>> 1;
                if (sorted[middle] < value) from = middle + 1;
                else to = middle;
            }
            return from;
        }
    }

    /// <summary>A margin term of m with direction s = 2y - 1: its value, and its slope in m, 0 at the kinks.</summary>
    private interface IMargin
    {
        static abstract V Of<V>(V m, V s, V delta, out V slope) where V : struct, ILanes<V>;
    }

    private struct NoMargin : IMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V m, V s, V delta, out V slope) where V : struct, ILanes<V> => slope = V.Broadcast(0f);
    }

    private struct SymmetricMargin : IMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V m, V s, V delta, out V slope) where V : struct, ILanes<V>
        {
            var zero = V.Broadcast(0f);
            var left = delta - V.Abs(m);
            var away = V.Select(m < zero, V.Broadcast(1f), V.Broadcast(-1f) & (m > zero));
            slope = away & (left > zero);
            return V.Max(zero, left);
        }
    }

    private struct RankingMargin : IMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V m, V s, V delta, out V slope) where V : struct, ILanes<V>
        {
            var left = delta - s * m;
            slope = (V.Broadcast(0f) - s) & (left > V.Broadcast(0f));
            return V.Max(V.Broadcast(0f), left);
        }
    }
}
