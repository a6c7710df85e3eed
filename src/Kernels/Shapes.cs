namespace Limen.Kernels;

/// <summary>The checks at the door of every kernel; inside, pointers are trusted.</summary>
internal static class Shapes
{
    public static void Require(long received, long expected, string name)
    {
        if (received != expected) throw new ArgumentException($"expected {expected} numbers, received {received}", name);
    }

    /// <summary>A length of one array, computed in 64 bits: in 32 it could overflow to one that is too small.</summary>
    public static int Length(long length, string name)
    {
        if (length < 0 || length > Array.MaxLength)
            throw new ArgumentException($"expected 0 to {Array.MaxLength} numbers, received {length}", name);
        return (int)length;
    }

    /// <summary>rows * width as the length of one array.</summary>
    public static int Length(long rows, long width, string name)
    {
        if (rows < 0 || width < 0 || (Int128)rows * width > Array.MaxLength)
            throw new ArgumentException($"expected 0 to {Array.MaxLength} numbers, received {rows} x {width}", name);
        return (int)(rows * width);
    }

    public static void RequireRows(ReadOnlySpan<int> rows, int count, string name)
    {
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)count) throw new ArgumentException($"expected rows below {count}, received {row}", name);
        }
    }
}
