namespace Limen.Kernels;

/// <summary>
/// A row-major matrix [R, C] in memory of someone else, to be read: number (r, c) lies at r Stride + c, so that rows or columns of a larger matrix
/// are a matrix too, where they are.
/// </summary>
public readonly ref struct ReadOnlyMatrixSpan
{
    /// <summary>R rows of C columns, Stride numbers apart.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative rows or columns, or a stride below the columns.</exception>
    /// <exception cref="ArgumentException">Fewer numbers than the matrix has; more are left alone.</exception>
    public ReadOnlyMatrixSpan(ReadOnlySpan<float> numbers, int rows, int columns, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        var expected = rows == 0 ? 0 : (rows - 1L) * stride + columns;
        if (numbers.Length < expected)
            throw new ArgumentException($"expected at least {expected} numbers for {rows} rows of {columns}, {stride} apart, received {numbers.Length}", nameof(numbers));
        Numbers = numbers;
        (Rows, Columns, Stride) = (rows, columns, stride);
    }

    /// <summary>Rows of C columns without gaps between them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative rows or columns.</exception>
    /// <exception cref="ArgumentException">Fewer numbers than the matrix has; more are left alone.</exception>
    public ReadOnlyMatrixSpan(ReadOnlySpan<float> numbers, int rows, int columns) : this(numbers, rows, columns, columns)
    {
    }

    /// <summary>The numbers from (0, 0) on.</summary>
    public ReadOnlySpan<float> Numbers { get; }

    /// <summary>R.</summary>
    public int Rows { get; }

    /// <summary>C.</summary>
    public int Columns { get; }

    /// <summary>How many numbers lie between the beginnings of neighbouring rows.</summary>
    public int Stride { get; }

    /// <summary>Number (row, column).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public float this[int row, int column] => Numbers[Place(row, column)];

    /// <summary>Where number (row, column) lies.</summary>
    internal int Place(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
        return row * Stride + column;
    }
}

/// <summary>As <see cref="ReadOnlyMatrixSpan"/>, to be written.</summary>
public readonly ref struct MatrixSpan
{
    private readonly Span<float> _numbers;
    private readonly ReadOnlyMatrixSpan _shape;

    /// <inheritdoc cref="ReadOnlyMatrixSpan(ReadOnlySpan{float}, int, int, int)"/>
    public MatrixSpan(Span<float> numbers, int rows, int columns, int stride)
    {
        _shape = new(numbers, rows, columns, stride);
        _numbers = numbers;
    }

    /// <inheritdoc cref="ReadOnlyMatrixSpan(ReadOnlySpan{float}, int, int)"/>
    public MatrixSpan(Span<float> numbers, int rows, int columns) : this(numbers, rows, columns, columns)
    {
    }

    /// <summary>The numbers from (0, 0) on.</summary>
    public Span<float> Numbers => _numbers;

    /// <summary>R.</summary>
    public int Rows => _shape.Rows;

    /// <summary>C.</summary>
    public int Columns => _shape.Columns;

    /// <summary>How many numbers lie between the beginnings of neighbouring rows.</summary>
    public int Stride => _shape.Stride;

    /// <summary>Number (row, column).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public ref float this[int row, int column] => ref _numbers[_shape.Place(row, column)];
}
