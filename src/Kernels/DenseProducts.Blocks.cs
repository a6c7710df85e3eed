using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    /// <summary>Rows and columns of c that are one task's: so many rows share a panel of b that laying it out costs little.</summary>
    private const int TaskRows = 192, TaskColumns = 128;

    /// <summary>The k of a panel: with 32 columns, 32 KB.</summary>
    private const int PanelDepth = 256;

    /// <summary>Numbers of 16-number vectors, the widest.</summary>
    private const int WidestPanel = Vectors * 16;

    /// <summary>The left factor, whose number (i, k) lies at i row + k step.</summary>
    private readonly struct LeftFactor(float* first, nint row, nint step)
    {
        public readonly float* First = first;
        public readonly nint Row = row;
        public readonly nint Step = step;

        public LeftFactor From(nint i, nint k) => new(First + i * Row + k * Step, Row, Step);
    }

    /// <summary>
    /// One task: a block of c. A panel of b, a few columns wide and laid out with the columns of one k side by side, stays in the first-level cache while all rows of the block meet it;
    /// c keeps the sums from panel to panel.
    /// </summary>
    private readonly struct BlockTasks<TPanels>(LeftFactor a, TPanels b, float* c, nint stride, int rows, int columns, int depth, bool adds) : ILaneTasks
        where TPanels : struct, IPanels
    {
        /// <summary>The number of tasks.</summary>
        public int Count => Lanes.Tasks(rows, TaskRows) * Lanes.Tasks(columns, TaskColumns);

        [SkipLocalsInit]
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            float* unaligned = stackalloc float[PanelDepth * WidestPanel + 16];
            var room = CacheLines.Align(unaligned);
            var down = Lanes.Tasks(rows, TaskRows);
            nint firstRow = task % down * TaskRows, firstColumn = task / down * TaskColumns, width = Vectors * T.Count;
            nint height = nint.Min(TaskRows, rows - firstRow), endColumn = nint.Min(columns, firstColumn + TaskColumns);
            nint k = 0;
            do
            {
                var deep = (int)nint.Min(PanelDepth, depth - k);
                for (var j = firstColumn; j < endColumn; j += width)
                {
                    var count = (int)nint.Min(width, endColumn - j);
                    var panel = b.Of<T>(j, count, k, deep, room, once: height <= Height);
                    Rows<T>(firstRow, (int)height, k, panel, deep, j, count);
                }
                k += PanelDepth;
            }
            while (k < depth);
        }

        /// <summary>The rows of the block, in tiles of like heights, times a panel.</summary>
        private void Rows<T>(nint first, int count, nint k, Panel panel, int deep, nint column, int columns) where T : struct, ILanes<T>
        {
            var height = Lanes.Tasks(count, Lanes.Tasks(count, Height));
            for (var i = first; i < first + count; i += height)
                Tile<T>((int)nint.Min(height, first + count - i), a.From(i, k), panel, deep, c + i * stride + column, columns, adds || k > 0);
        }

        [SkipLocalsInit]
        private void Tile<T>(int height, LeftFactor a, Panel panel, int deep, float* to, int columns, bool more) where T : struct, ILanes<T>
        {
            if (columns == Vectors * T.Count) Multiply<T>(height, a, panel, deep, to, stride, more);
            else
            {
                float* whole = stackalloc float[Height * WidestPanel];
                if (more) Copy(to, stride, whole, WidestPanel, height, columns);
                Multiply<T>(height, a, panel, deep, whole, WidestPanel, more);
                Copy(whole, WidestPanel, to, stride, height, columns);
            }
        }
    }
}
