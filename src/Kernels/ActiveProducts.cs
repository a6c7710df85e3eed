using System.Buffers;
using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// The three products of an output layer's step, z = h W', dW = dz' h, dh = dz W with h [B, H], W [L, H], z [B, L], made with the hidden units that are not 0 alone:
/// for the others nothing is added to z and dW, and relu and dropout let no gradient dh through. At a third of the units a product takes half as long as a dense one.
/// </summary>
/// <remarks>
/// The entries of h meet a tile of the other factor, laid out with labels side by side, that stays in the first-level cache: an entry is multiplied with
/// a strip of labels at once, whose sums (or, for dh, whose gradients) stay in registers over a row of the tile. Sums run in the order of tiles and entries,
/// whatever the number of threads.
/// </remarks>
public static unsafe partial class ActiveProducts
{
    private const int Tile = TiledEntries.Width;
    private const int Strip = LabelStrips.Width;

    /// <summary>z [B, L] = h W' from W [L, H] as <see cref="LabelStrips"/>.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void Logits(ActiveUnits h, ReadOnlySpan<float> strips, Span<float> z)
    {
        ArgumentNullException.ThrowIfNull(h);
        if (h.Rows == 0) return;
        var labels = z.Length / h.Rows;
        Shapes.Require(z.Length, (long)h.Rows * labels, nameof(z));
        Shapes.Require(strips.Length, LabelStrips.Length(labels, h.Units), nameof(strips));
        fixed (float* s = strips, zp = z)
            Run(h.ByRow, labels, new PackedWeights(s, h.Units), new Rows(zp, labels));
    }

    /// <summary>dW [L, H] = dz' h from dz [B, L].</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void WeightGradient(ActiveUnits h, ReadOnlySpan<float> dz, Span<float> dw)
    {
        ArgumentNullException.ThrowIfNull(h);
        var labels = dw.Length / h.Units;
        Shapes.Require(dw.Length, (long)labels * h.Units, nameof(dw));
        Shapes.Require(dz.Length, (long)h.Rows * labels, nameof(dz));
        fixed (float* d = dz, g = dw)
            Run(h.ByUnit, labels, new Rows(d, labels), new Weights(g, h.Units));
    }

    /// <summary>dh [B, H] += dz W from dz [B, L] and W [L, H] as <see cref="LabelStrips"/>, where h is not 0; elsewhere dh is left as it is.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void HiddenGradient(ActiveUnits h, ReadOnlySpan<float> dz, ReadOnlySpan<float> strips, Span<float> dh)
    {
        ArgumentNullException.ThrowIfNull(h);
        if (h.Rows == 0) return;
        var labels = dz.Length / h.Rows;
        Shapes.Require(dz.Length, (long)h.Rows * labels, nameof(dz));
        Shapes.Require(strips.Length, LabelStrips.Length(labels, h.Units), nameof(strips));
        Shapes.Require(dh.Length, (long)h.Rows * h.Units, nameof(dh));
        fixed (int* starts = h.ByRow.Starts, columns = h.ByRow.ColumnNumbers)
        fixed (float* values = h.ByRow.Values, d = dz, s = strips, g = dh)
            Lanes.For(Lanes.Tasks(h.Rows, RowsAtOnce), new DotTasks(h.ByRow, starts, columns, values, d, s, g, labels));
    }

    private static void Run<TFactor, TResult>(TiledEntries a, int labels, TFactor factor, TResult result)
        where TFactor : struct, IFactor where TResult : struct, IResult
    {
        var room = Shapes.Length(a.Rows + 1L, Strip, "h"); // for a strip's sums, from a cache line on
        fixed (int* starts = a.Starts, columns = a.ColumnNumbers)
        fixed (float* values = a.Values)
            Lanes.For(Lanes.Tasks(labels, Strip), new StripTasks<TFactor, TResult>(a, room, starts, columns, values, labels, factor, result));
    }

    /// <summary>A matrix that entries are multiplied with, seen as tiles with the labels of a strip side by side.</summary>
    private interface IFactor
    {
        /// <summary>Rows first .. first + count - 1, in memory or elsewhere.</summary>
        float* Tile(int strip, int first, int count, int labels, float* memory);
    }

    private interface IResult
    {
        /// <summary>Keeps a strip's sums [rows, Strip].</summary>
        void Store(int strip, float* sums, int rows, int labels);
    }

    private readonly struct PackedWeights(float* strips, int units) : IFactor
    {
        public float* Tile(int strip, int first, int count, int labels, float* memory) => strips + ((long)strip * units + first) * Strip;
    }

    /// <summary>[B, L].</summary>
    private readonly struct Rows(float* m, int stride) : IFactor, IResult
    {
        public float* Tile(int strip, int first, int count, int labels, float* memory)
        {
            for (var r = 0; r < count; r++)
                new Span<float>(m + (long)(first + r) * stride + (long)strip * Strip, labels).CopyTo(new Span<float>(memory + (nint)r * Strip, Strip));
            return memory;
        }

        public void Store(int strip, float* sums, int rows, int labels)
        {
            for (var r = 0; r < rows; r++)
                new Span<float>(sums + (nint)r * Strip, labels).CopyTo(new Span<float>(m + (long)r * stride + (long)strip * Strip, labels));
        }
    }

    /// <summary>[L, H].</summary>
    private readonly struct Weights(float* m, int units) : IResult
    {
        public void Store(int strip, float* sums, int rows, int labels) =>
            Transposition.Copy(sums, Strip, rows, labels, m + (long)strip * Strip * units, units);
    }

    /// <summary>One task: the product of all entries with a strip of labels.</summary>
    private readonly struct StripTasks<TFactor, TResult>(
        TiledEntries a, int room, int* starts, int* columns, float* values, int labels, TFactor factor, TResult result)
        : ILaneTasks where TFactor : struct, IFactor where TResult : struct, IResult
    {
        [SkipLocalsInit]
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var count = Math.Min(Strip, labels - task * Strip);
            float* unaligned = stackalloc float[Tile * Strip + 16];
            var tileMemory = CacheLines.Align(unaligned);
            var rented = ArrayPool<float>.Shared.Rent(room);
            fixed (float* memory = rented)
            {
                var sums = CacheLines.Align(memory);
                new Span<float>(sums, a.Rows * Strip).Clear();
                for (var t = 0; t < a.Tiles; t++)
                {
                    var tile = factor.Tile(task, t * Tile, Math.Min(Tile, a.Columns - t * Tile), count, tileMemory);
                    var entries = a.Of(t, starts, columns, values);
                    for (var l = 0; l < count; l += 8 * T.Count) Multiply<T>(entries, a.Rows, tile + l, sums + l);
                }
                result.Store(task, sums, a.Rows, count);
            }
            ArrayPool<float>.Shared.Return(rented);
        }

        /// <summary>Eight vectors of labels: as many sums as keep two units of a processor busy.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Multiply<V>(in TileEntries entries, int rows, float* tile, float* sums) where V : struct, ILanes<V>
        {
            int* starts = entries.Starts, columns = entries.Columns;
            var values = entries.Values;
            for (var r = 0; r < rows; r++)
            {
                var sum = sums + (nint)r * Strip;
                V s0 = V.Load(sum), s1 = V.Load(sum + V.Count), s2 = V.Load(sum + 2 * V.Count), s3 = V.Load(sum + 3 * V.Count);
                V s4 = V.Load(sum + 4 * V.Count), s5 = V.Load(sum + 5 * V.Count), s6 = V.Load(sum + 6 * V.Count), s7 = V.Load(sum + 7 * V.Count);
                nint end = starts[r + 1];
                for (nint i = starts[r]; i < end; i++)
                {
                    var m = tile + (nint)columns[i] * Strip;
                    var h = V.Broadcast(values[i]);
                    V.AddProduct(ref s0, h, m);
                    V.AddProduct(ref s1, h, m + V.Count);
                    V.AddProduct(ref s2, h, m + 2 * V.Count);
                    V.AddProduct(ref s3, h, m + 3 * V.Count);
                    V.AddProduct(ref s4, h, m + 4 * V.Count);
                    V.AddProduct(ref s5, h, m + 5 * V.Count);
                    V.AddProduct(ref s6, h, m + 6 * V.Count);
                    V.AddProduct(ref s7, h, m + 7 * V.Count);
                }
                V.Store(s0, sum);
                V.Store(s1, sum + V.Count);
                V.Store(s2, sum + 2 * V.Count);
                V.Store(s3, sum + 3 * V.Count);
                V.Store(s4, sum + 4 * V.Count);
                V.Store(s5, sum + 5 * V.Count);
                V.Store(s6, sum + 6 * V.Count);
                V.Store(s7, sum + 7 * V.Count);
            }
        }
    }
}
