using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// A binary heap of ids and their values, two arrays side by side, whose root is the one to leave next: of the smallest value, and among
/// equal values of the highest id. The scan of a dense row and the heap of single offers both keep their best in one.
/// </summary>
internal static class WorstFirst
{
    /// <summary>Moves the last entry, just added at a place, to where it belongs.</summary>
    public static void Rise(ref int ids, ref float values, int at)
    {
        for (; at > 0; at = (at - 1) / 2)
        {
            var parent = (at - 1) / 2;
            if (!Leaves(ref ids, ref values, at, parent))
                return;
            Swap(ref ids, ref values, at, parent);
        }
    }

    /// <summary>Moves the root, just replaced, to where it belongs among so many entries.</summary>
    public static void Sink(ref int ids, ref float values, int count)
    {
        for (var at = 0; at < count / 2;)
        {
            var child = 2 * at + 1;
            if (child + 1 < count && Leaves(ref ids, ref values, child + 1, child))
                child++;
            if (!Leaves(ref ids, ref values, child, at))
                return;
            Swap(ref ids, ref values, at, child);
            at = child;
        }
    }

    /// <summary>Exchanges two entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Swap(ref int ids, ref float values, int a, int b)
    {
        (Unsafe.Add(ref ids, a), Unsafe.Add(ref ids, b)) = (Unsafe.Add(ref ids, b), Unsafe.Add(ref ids, a));
        (Unsafe.Add(ref values, a), Unsafe.Add(ref values, b)) = (Unsafe.Add(ref values, b), Unsafe.Add(ref values, a));
    }

    /// <summary>Whether the entry at a leaves before the one at b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Leaves(ref int ids, ref float values, int a, int b)
    {
        var (x, y) = (Unsafe.Add(ref values, a), Unsafe.Add(ref values, b));
        return x < y || (x == y && Unsafe.Add(ref ids, a) > Unsafe.Add(ref ids, b));
    }
}
