namespace Limen.Kernels;

/// <summary>
/// A dense float32 matrix, row by row, whose first number begins a cache line: weights [L, H], hidden units [B, H], logits [B, L].
/// It is plain .NET memory that stays where it is, so a span of it is safe for as long as it is used, and it needs no native library.
/// Disposing one early lets the next of its size have the memory; one that is not disposed is left to the garbage collector.
/// </summary>
public sealed unsafe class DenseMatrix : IDisposable
{
    private float[]? _memory;
    private readonly int _first;

    /// <summary>A matrix whose numbers are not set: write them before any read.</summary>
    /// <exception cref="ArgumentException">Negative sizes, or more than 2^31 - 1 numbers.</exception>
    public DenseMatrix(int rows, int columns)
    {
        var count = (long)rows * columns;
        if (rows < 0 || columns < 0 || count > Array.MaxLength - MatrixMemory.Spare)
            throw new ArgumentException($"expected sizes from 0 and at most {Array.MaxLength - MatrixMemory.Spare} numbers, received [{rows}, {columns}]");
        Rows = rows;
        Columns = columns;
        _memory = MatrixMemory.Take((int)count);
        fixed (float* memory = _memory) _first = (int)(CacheLines.Align(memory) - memory);
    }

    /// <summary>A matrix of zeros.</summary>
    /// <exception cref="ArgumentException">As the constructor.</exception>
    public static DenseMatrix Zeros(int rows, int columns)
    {
        var m = new DenseMatrix(rows, columns);
        m.Span.Clear();
        return m;
    }

    /// <summary>A copy of numbers that stand row by row.</summary>
    /// <exception cref="ArgumentException">As the constructor, or another count of numbers.</exception>
    public static DenseMatrix Of(int rows, int columns, ReadOnlySpan<float> numbers)
    {
        Shapes.Require(numbers.Length, (long)rows * columns, nameof(numbers));
        var m = new DenseMatrix(rows, columns);
        numbers.CopyTo(m.Span);
        return m;
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>All numbers, row by row.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public Span<float> Span => RowSpan(0, Rows);

    /// <summary>The numbers of one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public Span<float> Row(int row) => RowSpan(row, 1);

    /// <summary>The numbers of so many rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public Span<float> RowSpan(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - first);
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return _memory.AsSpan(_first + first * Columns, count * Columns);
    }

    /// <summary>The matrix as a factor of <see cref="DenseProducts"/>.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public ReadOnlyMatrixSpan Factor() => Factor(0, Rows);

    /// <summary>So many of its rows as a factor of <see cref="DenseProducts"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public ReadOnlyMatrixSpan Factor(int first, int count) => new(RowSpan(first, count), count, Columns);

    /// <summary>The matrix as the place of a product.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public MatrixSpan Product() => new(Span, Rows, Columns);

    /// <summary>The numbers in an array of their own.</summary>
    public float[] ToArray() => Span.ToArray();

    /// <summary>A matrix of the same numbers that shares no memory with this one.</summary>
    public DenseMatrix Copy() => Of(Rows, Columns, Span);

    /// <summary>Gives the memory back; the matrix must not be used afterwards.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _memory, null) is { } memory) MatrixMemory.Give(memory);
    }
}
