namespace Limen.Kernels;

/// <summary>The checks at the door of every kernel; inside, pointers are trusted.</summary>
internal static class Shapes
{
    public static void Require(long received, long expected, string name)
    {
        if (received != expected) throw new ArgumentException($"expected {expected} numbers, received {received}", name);
    }

    public static void RequireRows(ReadOnlySpan<int> rows, int count, string name)
    {
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)count) throw new ArgumentException($"expected rows below {count}, received {row}", name);
        }
    }
}
