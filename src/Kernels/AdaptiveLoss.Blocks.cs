using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class AdaptiveLoss
{
    private const int FactorsOfProduct = 64;

    /// <summary>The arguments of a call, pinned; without OffsetGradient only the value is wanted.</summary>
    private struct Batch
    {
        public float* Logits;
        public int First;
        public int Labels;
        public int* Rows;
        public float* RowWeights;
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

        /// <summary>How much the row at a place of the batch counts.</summary>
        public readonly float RowWeight(int place) => RowWeights == null ? 1f : RowWeights[Rows[place]];
    }

    /// <summary>One task: the labels of a block, every row of the batch.</summary>
    private readonly struct Blocks<TMargin>(Batch batch, int size, double[] losses) : ILaneTasks where TMargin : struct, IMargin
    {
        [SkipLocalsInit]
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var first = task * size;
            var count = Math.Min(size, batch.Labels - first);
            float* unaligned = stackalloc float[4 * MostLabels + 16];
            var memory = CacheLines.Align(unaligned); // vectors that do not straddle cache lines
            float* theta = memory, sum = memory + MostLabels, slopeSum = memory + 2 * MostLabels, unwanted = memory + 3 * MostLabels;
            float* storedMemory = stackalloc float[5 * MostLabels];
            var stored = new StoredPairs(storedMemory);
            new Span<float>(batch.Offset + first, count).CopyTo(new Span<float>(theta, count));
            new Span<float>(sum, 2 * MostLabels).Clear();

            var loss = 0.0;
            for (var b = 0; b < batch.Count; b++)
            {
                var z = batch.Logits + (long)b * batch.Labels + first;
                var g = batch.OffsetGradient == null ? unwanted : batch.Gradient + (long)b * batch.Labels + first;
                var weight = batch.RowWeight(b);
                if (weight == 0f)
                {
                    new Span<float>(g, count).Clear();
                    continue;
                }
                var scale = batch.Terms.Scale * weight;
                stored.Collect(batch, batch.Rows[b], first, count, z);
                if (stored.Count > 0) loss += weight * stored.Evaluate<T, TMargin>(batch.Terms, scale);
                for (var i = 0; i < stored.Count; i++) theta[stored.Labels[i]] = float.PositiveInfinity;
                loss += weight * Row<T>(z, theta, count, scale, g, sum);
                for (var i = 0; i < stored.Count; i++)
                {
                    var (l, slope) = (stored.Labels[i], stored.Slopes[i]);
                    theta[l] = batch.Offset[first + l];
                    g[l] = slope;
                    sum[l] += slope;
                    slopeSum[l] += slope * stored.Signals[i];
                }
            }
            losses[task] = loss;
            if (batch.OffsetGradient == null) return;
            for (var l = 0; l < count; l++)
            {
                batch.OffsetGradient[first + l] = -sum[l];
                batch.SlopeGradient[first + l] = -slopeSum[l];
            }
        }

        /// <summary>A row's pairs of the block as negatives without a signal; returns their loss without the scale.</summary>
        private double Row<T>(float* z, float* theta, int count, float scale, float* g, float* sum) where T : struct, ILanes<T>
        {
            var loss = 0.0;
            var whole = count - count % T.Count;
            for (var i = 0; i < whole; i += FactorsOfProduct * T.Count)
                loss += Strip<T>(z + i, theta + i, Math.Min(FactorsOfProduct * T.Count, whole - i), scale, g + i, sum + i);
            return whole < count ? loss + Strip<F1>(z + whole, theta + whole, count - whole, scale, g + whole, sum + whole) : loss;
        }

        /// <summary>
        /// Of the sum of softplus(m) = max(0, m) + ln(1 + e), e = exp(-|m|), the logarithms are taken at once: of the product of all 1 + e, kept
        /// less 1, so that small e count. Every factor is 2 at most, so 64 of them cannot overflow.
        /// </summary>
        private double Strip<V>(float* z, float* theta, int count, float scale, float* g, float* sum) where V : struct, ILanes<V>
        {
            V zero = V.Broadcast(0f), one = V.Broadcast(1f), delta = V.Broadcast(batch.Terms.Delta);
            V bce = V.Broadcast(batch.Terms.Bce * scale), minusWeight = V.Broadcast(-batch.Terms.Margin * scale);
            V product = zero, above = zero, margins = zero;
            var next = z + batch.Labels;
            for (nint i = 0; i < count; i += V.Count)
            {
                Lanes.Prefetch(next + i);
                var m = V.Load(z + i) - V.Load(theta + i);
                var e = VectorMath.ExpOfMinus(V.Abs(m), Farthest);
                product = V.Fma(product, e, product + e);
                above += V.Max(zero, m);
                margins += TMargin.Of(m, zero - one, delta, minusWeight, out var pulled);
                var slope = V.Fma(bce, VectorMath.Sigmoid(m, e), pulled);
                V.Store(V.Load(sum + i) + slope, sum + i);
                V.Store(slope, g + i);
            }
            return batch.Terms.Bce * (double)V.Sum(above + VectorMath.Log1p(product)) + batch.Terms.Margin * (double)V.Sum(margins);
        }
    }

    /// <summary>A margin term of m for targets with s = 2y - 1: its value, and its slope in m times a weight, given negated; 0 at the kinks.</summary>
    private interface IMargin
    {
        static abstract V Of<V>(V m, V s, V delta, V minusWeight, out V slope) where V : struct, ILanes<V>;
    }

    private struct NoMargin : IMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V m, V s, V delta, V minusWeight, out V slope) where V : struct, ILanes<V> => slope = V.Broadcast(0f);
    }

    private struct SymmetricMargin : IMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V m, V s, V delta, V minusWeight, out V slope) where V : struct, ILanes<V>
        {
            V zero = V.Broadcast(0f), distance = V.Abs(m);
            slope = V.Between(zero, distance, delta, V.Signed(minusWeight, m));
            return V.Max(zero, delta - distance);
        }
    }

    private struct RankingMargin : IMargin
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V m, V s, V delta, V minusWeight, out V slope) where V : struct, ILanes<V>
        {
            V zero = V.Broadcast(0f), distance = s * m;
            slope = V.Greater(delta, distance, minusWeight * s, zero);
            return V.Max(zero, delta - distance);
        }
    }
}
