using System.Buffers;
using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class ActiveProducts
{
    /// <summary>Rows of a task of dh: a vector of sums for each of their entries of a tile should fit into the second-level cache.</summary>
    private const int RowsAtOnce = 64;

    /// <summary>One task: dh of some rows, summed over all labels.</summary>
    private readonly struct DotTasks(
        TiledEntries a, int* starts, int* columns, float* values, float* dz, float* strips, float* dh, int labels) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var from = task * RowsAtOnce;
            var to = Lanes.End(task, RowsAtOnce, a.Rows);
            var rented = ArrayPool<float>.Shared.Rent(RowsAtOnce * Tile * T.Count + 16);
            fixed (float* memory = rented)
                for (var t = 0; t < a.Tiles; t++)
                    Rows<T>(t * Tile, a.Of(t, starts, columns, values), from, to, CacheLines.Align(memory));
            ArrayPool<float>.Shared.Return(rented);
        }

        /// <summary>dh of a tile of units: a vector of sums for every entry, then the sum across each.</summary>
        private void Rows<T>(int first, in TileEntries entries, int from, int to, float* sums) where T : struct, ILanes<T>
        {
            int start = entries.Starts[from], end = entries.Starts[to];
            new Span<float>(sums, (end - start) * T.Count).Clear();
            for (var l = 0; l < labels; l += Strip)
            {
                var tile = strips + (long)l * a.Columns + (long)first * Strip;
                if (l + Strip <= labels) Dots<T>(entries, from, to, dz + l, labels, tile, sums);
                else Padded<T>(entries, from, to, l, tile, sums);
            }
            Scatter<T>(entries, from, to, sums, dh + first, a.Columns);
        }

        /// <summary>Adds the sum across each entry's vector to dh, four entries at a time.</summary>
        [SkipLocalsInit]
        private static void Scatter<T>(in TileEntries entries, int from, int to, float* sums, float* dh, int units) where T : struct, ILanes<T>
        {
            int* starts = entries.Starts, columns = entries.Columns;
            int start = starts[from], count = starts[to] - start;
            float* totals = stackalloc float[RowsAtOnce * Tile];
            new Span<float>(totals, Lanes.Tasks(count, 4) * 4).Clear();
            for (var i = 0; i < count; i += 4, sums += 4 * T.Count)
                T.AddSums(T.Load(sums), T.Load(sums + T.Count), T.Load(sums + 2 * T.Count), T.Load(sums + 3 * T.Count), totals + i);
            totals -= start;
            for (var b = from; b < to; b++)
            {
                var row = dh + (nint)b * units;
                nint end = starts[b + 1];
                for (nint i = starts[b]; i < end; i++) row[columns[i]] += totals[i];
            }
        }

        /// <summary>The last labels, where they are no whole strip: zeros follow them.</summary>
        private void Padded<T>(in TileEntries entries, int from, int to, int firstLabel, float* tile, float* sums) where T : struct, ILanes<T>
        {
            float* d = stackalloc float[Strip];
            for (var b = from; b < to; b++)
            {
                new Span<float>(dz + (long)b * labels + firstLabel, labels - firstLabel).CopyTo(new Span<float>(d, Strip));
                Dots<T>(entries, b, b + 1, d - (long)b * labels, labels, tile, sums + (entries.Starts[b] - entries.Starts[from]) * T.Count);
            }
        }

        private static void Dots<T>(in TileEntries entries, int from, int to, float* dz, int labels, float* tile, float* sums) where T : struct, ILanes<T>
        {
            for (var part = 0; part < Strip; part += 8 * T.Count) Dot<T>(entries, from, to, dz + part, labels, tile + part, sums);
        }

        /// <summary>Eight vectors of labels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Dot<V>(in TileEntries entries, int from, int to, float* dz, int labels, float* tile, float* sums) where V : struct, ILanes<V>
        {
            int* starts = entries.Starts, columns = entries.Columns;
            for (var b = from; b < to; b++)
            {
                var d = dz + (nint)b * labels;
                V d0 = V.Load(d), d1 = V.Load(d + V.Count), d2 = V.Load(d + 2 * V.Count), d3 = V.Load(d + 3 * V.Count);
                V d4 = V.Load(d + 4 * V.Count), d5 = V.Load(d + 5 * V.Count), d6 = V.Load(d + 6 * V.Count), d7 = V.Load(d + 7 * V.Count);
                nint end = starts[b + 1];
                for (nint i = starts[b]; i < end; i++, sums += V.Count)
                {
                    var w = tile + (nint)columns[i] * Strip;
                    V sum = V.Load(sums), other = d4 * V.Load(w + 4 * V.Count);
                    V.AddProduct(ref sum, d0, w);
                    V.AddProduct(ref sum, d1, w + V.Count);
                    V.AddProduct(ref sum, d2, w + 2 * V.Count);
                    V.AddProduct(ref sum, d3, w + 3 * V.Count);
                    V.AddProduct(ref other, d5, w + 5 * V.Count);
                    V.AddProduct(ref other, d6, w + 6 * V.Count);
                    V.AddProduct(ref other, d7, w + 7 * V.Count);
                    V.Store(sum + other, sums);
                }
            }
        }
    }
}
