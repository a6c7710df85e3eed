namespace Limen.Kernels;

/// <summary>Fixed chunks of rows, worked on in parallel: the chunks, and so the results, do not depend on the number of threads.</summary>
internal static class RowChunks
{
    /// <summary>Calls body(from, to) for [0, size), [size, 2 size), ... up to rows.</summary>
    public static void For(int rows, int size, Action<int, int> body) =>
        Workers.For(Lanes.Tasks(rows, size), chunk => body(chunk * size, Lanes.End(chunk, size, rows)));

    /// <summary>One matrix of the rows that a parallel loop produced, each as ascending columns beside their values.</summary>
    public static CsrMatrix Assemble(int columns, (int[] Columns, float[] Values)[] rows)
    {
        var start = new int[rows.Length + 1];
        for (var row = 0; row < rows.Length; row++)
            start[row + 1] = Shapes.Length((long)start[row] + rows[row].Columns.Length, nameof(rows));
        var indices = new int[start[rows.Length]];
        var values = new float[start[rows.Length]];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].Columns.CopyTo(indices, start[row]);
            rows[row].Values.CopyTo(values, start[row]);
        }
        return CsrMatrix.Trusted(rows.Length, columns, start, indices, values);
    }
}
