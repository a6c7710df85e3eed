using System.Runtime.InteropServices;

namespace Limen.Kernels;

/// <summary>From dense rows to sparse ones.</summary>
public static unsafe class DenseRows
{
    private const int RowsPerTask = 16;

    /// <summary>
    /// The numbers other than 0 of a dense matrix [R, C], given row by row with C, in the order of their columns. NaN is kept; -0 may be or not.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No columns.</exception>
    /// <exception cref="ArgumentException">A length that is no multiple of C.</exception>
    public static CsrMatrix NonZeros(ReadOnlySpan<float> matrix, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var rows = matrix.Length / columns;
        Shapes.Require(matrix.Length, (long)rows * columns, nameof(matrix));
        var starts = new int[Shapes.Length(rows + 1L, nameof(matrix))];
        var parts = new List<int>[Lanes.Tasks(rows, RowsPerTask)];
        fixed (float* numbers = matrix)
        {
            var finding = new Finding(numbers, rows, columns, starts, parts);
            Workers.For(parts.Length, ref finding);
            for (var row = 0; row < rows; row++) starts[row + 1] = Shapes.Length((long)starts[row + 1] + starts[row], nameof(matrix));
            var indices = new int[starts[rows]];
            var values = new float[starts[rows]];
            for (int part = 0, at = 0; part < parts.Length; at += parts[part].Count, part++) parts[part].CopyTo(indices, at);
            for (var row = 0; row < rows; row++)
            {
                var from = numbers + (nint)row * columns;
                for (var at = starts[row]; at < starts[row + 1]; at++) values[at] = from[indices[at]];
            }
            return CsrMatrix.Trusted(rows, columns, starts, indices, values);
        }
    }

    /// <summary>The columns of the rows of a task, and how many each row has.</summary>
    private readonly struct Finding(float* matrix, int rows, int columns, int[] counts, List<int>[] parts) : ITasks
    {
        public void Run(int task)
        {
            var found = new List<int>();
            for (int row = task * RowsPerTask, end = Lanes.End(task, RowsPerTask, rows); row < end; row++)
            {
                // by bits, for which .NET has a fast search
                var bits = MemoryMarshal.Cast<float, int>(new ReadOnlySpan<float>(matrix + (nint)row * columns, columns));
                var before = found.Count;
                for (var at = bits.IndexOfAnyExcept(0); at >= 0;)
                {
                    found.Add(at);
                    var next = bits[(at + 1)..].IndexOfAnyExcept(0);
                    at = next < 0 ? -1 : at + 1 + next;
                }
                counts[row + 1] = found.Count - before;
            }
            parts[task] = found;
        }
    }
}
