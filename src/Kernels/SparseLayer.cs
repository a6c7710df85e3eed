using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// A dense layer on sparse rows: output = x W + bias with x [N, D] sparse, W [D, H], bias [H], straight from the stored entries. The cost grows with
/// the non-zeros times H, never with D.
/// </summary>
public static unsafe partial class SparseLayer
{
    private const int RowsPerTask = 8;
    private const int FeaturesPerTask = 32;
    private const int ColumnsPerTask = 64;

    /// <summary>output [B, H] = x[rows] W + bias; the batch is the given rows of x (a row may occur twice).</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree, or a row that x does not have.</exception>
    public static void Forward(CsrMatrix x, ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        Check(x, rows, weights.Length, output.Length, bias.Length);
        fixed (int* indices = x.Indices, r = rows)
        fixed (float* values = x.Values, w = weights, b = bias, o = output)
            Lanes.For(
                Lanes.Tasks(rows.Length, RowsPerTask),
                new ForwardRows(x.RowStart, indices, values, r, rows.Length, w, b, bias.Length, o));
    }

    /// <summary>
    /// From the gradient dOut [B, H] of the output, the gradient [touched, H] of the weight rows that the batch touches, in touched's order; it has gathered
    /// the same batch. <see cref="LazyAdamW.Step(Span{float}, TouchedRows, ReadOnlySpan{float}, float)"/> makes each of these rows where it is used.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void Backward(TouchedRows touched, ReadOnlySpan<float> dOut, Span<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(touched);
        var width = touched.BatchRows == 0 ? 0 : dOut.Length / touched.BatchRows;
        Shapes.Require(dOut.Length, (long)touched.BatchRows * width, nameof(dOut));
        Shapes.Require(gradient.Length, (long)touched.Count * width, nameof(gradient));
        fixed (int* starts = touched.Starts, rows = touched.EntryRows)
        fixed (float* values = touched.EntryValues, d = dOut, g = gradient)
            Lanes.For(
                Lanes.Tasks(touched.Count, FeaturesPerTask),
                new BackwardFeatures(new(starts, rows, values, d, width), touched.Count, g));
    }

    /// <summary>The gradient [H] of the bias: the sum of dOut [B, H] over the batch, in its order.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void BackwardBias(ReadOnlySpan<float> dOut, Span<float> gradient)
    {
        var width = gradient.Length;
        var rows = width == 0 ? 0 : dOut.Length / width;
        Shapes.Require(dOut.Length, (long)rows * width, nameof(dOut));
        fixed (float* d = dOut, g = gradient)
            Lanes.For(Lanes.Tasks(width, ColumnsPerTask), new BackwardColumns(d, rows, width, g));
    }

    /// <summary>Weights [D, H] or their gradient, output [B, H] or its gradient, for rows of x [N, D].</summary>
    private static void Check(CsrMatrix x, ReadOnlySpan<int> rows, int weights, int output, int width)
    {
        ArgumentNullException.ThrowIfNull(x);
        Shapes.Require(weights, (long)x.Columns * width, nameof(weights));
        Shapes.Require(output, (long)rows.Length * width, nameof(output));
        Shapes.RequireRows(rows, x.Rows, nameof(rows));
    }

    private readonly struct ForwardRows(
        int[] rowStart, int* indices, float* values, int* rows, int count, float* weights, float* bias, int width, float* output) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            for (int b = task * RowsPerTask, end = Lanes.End(task, RowsPerTask, count); b < end; b++)
            {
                var sum = output + (long)b * width;
                new Span<float>(bias, width).CopyTo(new Span<float>(sum, width));
                var start = rowStart[rows[b]];
                AddRows<T>(weights, width, indices + start, values + start, rowStart[rows[b] + 1] - start, sum);
            }
        }
    }

    /// <summary>The gradient of touched weight rows, one at a time: sums over the batch in its order.</summary>
    internal readonly struct RowGradients(int* starts, int* rows, float* values, float* dOut, int width)
    {
        public int Width => width;

        /// <summary>That of the touched row with a number, into sum [H].</summary>
        public void Row<T>(int i, float* sum) where T : struct, ILanes<T>
        {
            new Span<float>(sum, width).Clear();
            AddRows<T>(dOut, width, rows + starts[i], values + starts[i], starts[i + 1] - starts[i], sum);
        }
    }

    private readonly struct BackwardFeatures(RowGradients gradients, int count, float* gradient) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            for (int f = task * FeaturesPerTask, end = Lanes.End(task, FeaturesPerTask, count); f < end; f++)
                gradients.Row<T>(f, gradient + (long)f * gradients.Width);
        }
    }

    private readonly struct BackwardColumns(float* dOut, int rows, int width, float* gradient) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var first = task * ColumnsPerTask;
            var sum = new Span<float>(gradient + first, Math.Min(ColumnsPerTask, width - first));
            sum.Clear();
            for (var b = 0; b < rows; b++)
            {
                var d = dOut + (long)b * width + first;
                for (var h = 0; h < sum.Length; h++) sum[h] += d[h];
            }
        }
    }

    /// <summary>
    /// sum [H] += the rows of a matrix [.., H] with the given numbers, each times its factor, in their order;
    /// four at a time, so that four streams of memory are open.
    /// </summary>
    private static void AddRows<T>(float* matrix, int width, int* numbers, float* factors, int count, float* sum) where T : struct, ILanes<T>
    {
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            float* m0 = matrix + (long)numbers[i] * width, m1 = matrix + (long)numbers[i + 1] * width;
            float* m2 = matrix + (long)numbers[i + 2] * width, m3 = matrix + (long)numbers[i + 3] * width;
            for (var next = i + 4; next < Math.Min(i + 8, count); next++) Lanes.PrefetchRow(matrix + (long)numbers[next] * width, width);
            var h = 0;
            for (; h <= width - T.Count; h += T.Count) AddFour<T>(m0 + h, m1 + h, m2 + h, m3 + h, factors + i, sum + h);
            for (; h < width; h++) AddFour<F1>(m0 + h, m1 + h, m2 + h, m3 + h, factors + i, sum + h);
        }
        for (; i < count; i++)
        {
            var m = matrix + (long)numbers[i] * width;
            var h = 0;
            for (; h <= width - T.Count; h += T.Count) AddOne<T>(m + h, factors[i], sum + h);
            for (; h < width; h++) AddOne<F1>(m + h, factors[i], sum + h);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour<V>(float* m0, float* m1, float* m2, float* m3, float* factors, float* sum) where V : struct, ILanes<V>
    {
        var s = V.Fma(V.Broadcast(factors[0]), V.Load(m0), V.Load(sum));
        s = V.Fma(V.Broadcast(factors[1]), V.Load(m1), s);
        s = V.Fma(V.Broadcast(factors[2]), V.Load(m2), s);
        V.Store(V.Fma(V.Broadcast(factors[3]), V.Load(m3), s), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddOne<V>(float* m, float factor, float* sum) where V : struct, ILanes<V> =>
        V.Store(V.Fma(V.Broadcast(factor), V.Load(m), V.Load(sum)), sum);
}
