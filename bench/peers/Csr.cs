using System.Runtime.InteropServices;

namespace Peers;

/// <summary>A sparse matrix, row by row.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Columns">How many columns.</param>
/// <param name="Start">[Rows + 1]: where each row's entries start.</param>
/// <param name="Indices">The column of each entry.</param>
/// <param name="Values">The value of each entry.</param>
internal sealed record Csr(int Rows, int Columns, int[] Start, int[] Indices, float[] Values)
{
    /// <summary>
    /// Reads a file that the harness wrote: rows, columns, entries, then row starts, indices (int32) and values (float32).
    /// </summary>
    public static Csr Read(string path)
    {
        using var file = File.OpenRead(path);
        var sizes = Numbers<int>(file, 3);
        return new(sizes[0], sizes[1], Numbers<int>(file, sizes[0] + 1), Numbers<int>(file, sizes[2]), Numbers<float>(file, sizes[2]));
    }

    /// <summary>So many numbers from here on.</summary>
    public static T[] Numbers<T>(Stream file, int count) where T : unmanaged
    {
        var values = new T[count];
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The columns of a row's entries.</summary>
    public ReadOnlySpan<int> RowIndices(int row) => Indices.AsSpan(Start[row]..Start[row + 1]);

    /// <summary>The values of a row's entries.</summary>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan(Start[row]..Start[row + 1]);

    /// <summary>How many entries each column has.</summary>
    public int[] ColumnCounts()
    {
        var counts = new int[Columns];
        foreach (int column in Indices)
            counts[column]++;
        return counts;
    }

    /// <summary>The rows from first on, at most so many.</summary>
    public Csr Slice(int first, int count)
    {
        int last = Math.Min(Rows, first + count);
        var entries = Start[first]..Start[last];
        return new(last - first, Columns, [.. Start[first..(last + 1)].Select(at => at - Start[first])], Indices[entries], Values[entries]);
    }
}
