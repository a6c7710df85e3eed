#pragma warning disable CS1591
using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    internal static int Deep = 192, TaskRows = 192, TaskColumns = 128;

    public static void MultiplyTransposed(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        fixed (float* x = a.Numbers, y = b.Numbers, z = c.Numbers)
            Run(new(x, a.Stride, 1), new RowsOf(y, b.Stride), z, c, a.Columns, false);
    }

    public static void AddProduct(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        fixed (float* x = a.Numbers, y = b.Numbers, z = c.Numbers)
            Run(new(x, a.Stride, 1), new ColumnsOf(y, b.Stride), z, c, a.Columns, true);
    }

    public static void TransposeMultiply(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        fixed (float* x = a.Numbers, y = b.Numbers, z = c.Numbers)
            Run(new(x, 1, a.Stride), new ColumnsOf(y, b.Stride), z, c, a.Rows, false);
    }

    private static void Run<TPanels>(Left a, TPanels b, float* z, MatrixSpan c, int depth, bool add) where TPanels : struct, IPanels =>
        Lanes.For(Lanes.Tasks(c.Rows, TaskRows) * Lanes.Tasks(c.Columns, TaskColumns), new Products<TPanels>(a, b, z, c.Stride, c.Rows, c.Columns, depth, add));

    private readonly struct Left(float* first, nint row, nint step)
    {
        public readonly float* First = first;
        public readonly nint Row = row, Step = step;
        public Left At(nint i, nint k) => new(First + i * Row + k * Step, Row, Step);
    }

    private interface IPanels
    {
        void Pack(int column, int columns, int from, int depth, float* panel, int width);
    }

    private readonly struct RowsOf(float* b, nint stride) : IPanels
    {
        public void Pack(int column, int columns, int from, int depth, float* panel, int width) =>
            Transposition.Copy(b + column * stride + from, (int)stride, columns, depth, panel, width);
    }

    private readonly struct ColumnsOf(float* b, nint stride) : IPanels
    {
        public void Pack(int column, int columns, int from, int depth, float* panel, int width)
        {
            var row = b + from * stride + column;
            for (var k = 0; k < depth; k++, row += stride, panel += width)
                new Span<float>(row, columns).CopyTo(new Span<float>(panel, columns));
        }
    }

    private readonly struct Products<TPanels>(Left a, TPanels b, float* c, nint stride, int rows, int columns, int depth, bool add) : ILaneTasks
        where TPanels : struct, IPanels
    {
        [SkipLocalsInit]
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var down = Lanes.Tasks(rows, TaskRows);
            int i0 = task % down * TaskRows, i1 = Math.Min(rows, i0 + TaskRows);
            int j0 = task / down * TaskColumns, j1 = Math.Min(columns, j0 + TaskColumns);
            var width = Wide * T.Count;
            float* room = stackalloc float[512 * 48 + 16];
            float* edge = stackalloc float[High * 48];
            var panel = CacheLines.Align(room);
            var more = add;
            for (var k = 0; k < depth; k += Deep, more = true)
            {
                var deep = Math.Min(Deep, depth - k);
                for (var j = j0; j < j1; j += width)
                {
                    var count = Math.Min(width, j1 - j);
                    if (count < width) new Span<float>(panel, deep * width).Clear();
                    b.Pack(j, count, k, deep, panel, width);
                    for (var i = i0; i < i1; i += High)
                    {
                        var height = Math.Min(High, i1 - i);
                        var to = c + i * stride + j;
                        if (count == width) Tile<T>(height, a.At(i, k), panel, deep, to, stride, more);
                        else
                        {
                            if (more) for (var r = 0; r < height; r++) new Span<float>(to + r * stride, count).CopyTo(new Span<float>(edge + r * width, count));
                            Tile<T>(height, a.At(i, k), panel, deep, edge, width, more);
                            for (var r = 0; r < height; r++) new Span<float>(edge + r * width, count).CopyTo(new Span<float>(to + r * stride, count));
                        }
                    }
                }
            }
        }
    }
}
