namespace Limen.Kernels;

public static unsafe partial class AdaptiveLoss
{
    /// <summary>The pairs of a row, within a block of labels, that are stored in targets or in local: label, signal and, once evaluated, slope.</summary>
    private struct StoredPairs(float* memory)
    {
        private readonly float* _m = memory;
        private readonly float* _y = memory + MostLabels;
        private readonly float* _weight = memory + 2 * MostLabels;

        /// <summary>Labels less the block's first one.</summary>
        public readonly int* Labels = (int*)(memory + 3 * MostLabels);

        /// <summary>A, the local signal.</summary>
        public readonly float* Signals = memory + 4 * MostLabels;

        public int Count { get; private set; }

        /// <summary>Slopes in m times the scale; they take the place of the margins.</summary>
        public readonly float* Slopes => _m;

        /// <summary>Merges the two rows by label; first counts from the batch's first label, and z are the row's logits from there on.</summary>
        public void Collect(in Batch batch, int row, int first, int count, float* z)
        {
            Count = 0;
            var firstId = batch.First + first;
            var (t, tEnd) = Within(batch.Targets, row, firstId, count);
            var (a, aEnd) = Within(batch.Local, row, firstId, count);
            while (t < tEnd || a < aEnd)
            {
                var targetLabel = t < tEnd ? batch.Targets.Indices[t] : int.MaxValue;
                var localLabel = a < aEnd ? batch.Local.Indices[a] : int.MaxValue;
                var id = Math.Min(targetLabel, localLabel);
                var label = id - batch.First;
                var signal = localLabel == id ? batch.Local.Values[a++] : 0f;
                _y[Count] = targetLabel == id ? batch.Targets.Values[t++] : 0f;
                _weight[Count] = batch.PosWeight == null ? 1f : batch.PosWeight[label];
                _m[Count] = z[label - first] - MathF.FusedMultiplyAdd(batch.Slope[label], signal, batch.Offset[label]);
                Labels[Count] = label - first;
                Signals[Count++] = signal;
            }
        }

        /// <summary>The loss of the pairs, without a scale; leaves their slopes times the given one.</summary>
        public readonly double Evaluate<T, TMargin>(in LossTerms terms, float scale) where T : struct, ILanes<T> where TMargin : struct, IMargin
        {
            var loss = 0.0;
            for (var i = 0; i < Count; i += T.Count)
            {
                // lanes beyond the last pair: a negative far below its threshold, without loss or slope
                for (var empty = Count; empty < i + T.Count; empty++) (_m[empty], _y[empty], _weight[empty]) = (-1e30f, 0, 0);
                loss += Pairs<T, TMargin>(T.Load(_m + i), T.Load(_y + i), T.Load(_weight + i), terms, scale, _m + i);
            }
            return loss;
        }

        private static float Pairs<V, TMargin>(V m, V y, V weight, in LossTerms terms, float scale, float* slopes)
            where V : struct, ILanes<V> where TMargin : struct, IMargin
        {
            V zero = V.Broadcast(0f), one = V.Broadcast(1f), bce = V.Broadcast(terms.Bce), margin = V.Broadcast(terms.Margin);
            var e = VectorMath.ExpOfMinus(V.Abs(m), Farthest);
            var log = VectorMath.Log1pOfUnit(e);
            V positive = bce * weight * y, negative = bce * (one - y);
            var value = TMargin.Of(m, y + y - one, V.Broadcast(terms.Delta), zero - margin, out var pulled);
            var slope = negative * VectorMath.Sigmoid(m, e) - positive * VectorMath.Sigmoid(zero - m, e) + pulled;
            V.Store(V.Broadcast(scale) * slope, slopes);
            return V.Sum(negative * (V.Max(zero, m) + log) + positive * (V.Max(zero, zero - m) + log) + margin * value);
        }

        /// <summary>Where the entries of a row with a column in [first, first + count) lie.</summary>
        private static (int Start, int End) Within(CsrMatrix matrix, int row, int first, int count)
        {
            var found = matrix.RowIndices(row).BinarySearch(first);
            var start = matrix.RowStart[row] + (found < 0 ? ~found : found);
            var end = start;
            while (end < matrix.RowStart[row + 1] && matrix.Indices[end] < first + count) end++;
            return (start, end);
        }
    }
}
