using System.Buffers;

namespace Limen.Kernels;

/// <summary>
/// The numbers other than 0 of a matrix [R, C]: a tile of neighbouring columns after the other, row by row in each. The tiles are so few columns
/// wide that the rows of another matrix that they meet in a product stay in the first-level cache. The memory is rented: dispose it.
/// </summary>
internal sealed unsafe class TiledEntries : IDisposable
{
    /// <summary>Columns of a tile.</summary>
    public const int Width = 32;

    // a tile has room for all its numbers, so that tiles can be filled at once; of its row r, entries starts[r] to starts[r + 1], counted from the tile's first
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _values;
    private bool _disposed;

    private TiledEntries(int rows, int columns)
    {
        (Rows, Columns) = (rows, columns);
        var room = Shapes.Length((long)Tiles * Width, rows, nameof(rows));
        _starts = ArrayPool<int>.Shared.Rent(Shapes.Length(Tiles, rows + 1L, nameof(rows)));
        _columns = ArrayPool<int>.Shared.Rent(room);
        _values = ArrayPool<float>.Shared.Rent(room);
    }

    /// <summary>Collects a matrix whose number (r, c) lies at r rowStride + c columnStride.</summary>
    public static TiledEntries Gather(ReadOnlySpan<float> matrix, int rows, int columns, int rowStride, int columnStride)
    {
        var entries = new TiledEntries(rows, columns);
        fixed (float* m = matrix)
        {
            var work = new Filling(entries, m, rowStride, columnStride);
            Workers.For(entries.Tiles, ref work);
        }
        for (var tile = 0; tile < entries.Tiles; tile++) entries.Count += entries._starts[(long)tile * (rows + 1) + rows];
        return entries;
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Tiles => Lanes.Tasks(Columns, Width);

    public int Count { get; private set; }

    /// <summary>For pinning, with <see cref="ColumnNumbers"/> and <see cref="Values"/>.</summary>
    public ReadOnlySpan<int> Starts => Held(_starts);

    public ReadOnlySpan<int> ColumnNumbers => Held(_columns);

    public ReadOnlySpan<float> Values => Held(_values);

    /// <summary>The entries of a tile, in the pinned arrays.</summary>
    public TileEntries Of(int tile, int* starts, int* columns, float* values)
    {
        var room = (long)tile * Rows * Width;
        return new(starts + (long)tile * (Rows + 1), columns + room, values + room);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_columns);
        ArrayPool<float>.Shared.Return(_values);
    }

    // memory that was given back may be in use elsewhere: its contents must not address memory as columns
    private ReadOnlySpan<T> Held<T>(T[] memory)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return memory;
    }

    private readonly struct Filling(TiledEntries owner, float* matrix, int rowStride, int columnStride) : ITasks
    {
        public void Run(int tile)
        {
            fixed (int* allStarts = owner._starts, allColumns = owner._columns)
            fixed (float* allValues = owner._values)
            {
                var first = tile * Width;
                var width = Math.Min(Width, owner.Columns - first);
                var entries = owner.Of(tile, allStarts, allColumns, allValues);
                var count = 0;
                for (var r = 0; r < owner.Rows; r++)
                {
                    entries.Starts[r] = count;
                    var from = matrix + (long)r * rowStride + (long)first * columnStride;
                    for (var c = 0; c < width; c++)
                    {
                        // without a branch, which would be guessed wrong often: a 0 is overwritten by the next number
                        var value = from[(long)c * columnStride];
                        (entries.Columns[count], entries.Values[count]) = (c, value);
                        count += value != 0 ? 1 : 0;
                    }
                }
                entries.Starts[owner.Rows] = count;
            }
        }
    }
}

/// <summary>A tile of <see cref="TiledEntries"/>: row r has the entries Starts[r] to Starts[r + 1], each with a column, less the tile's first one, and a value.</summary>
internal readonly unsafe struct TileEntries(int* starts, int* columns, float* values)
{
    public readonly int* Starts = starts;
    public readonly int* Columns = columns;
    public readonly float* Values = values;
}
