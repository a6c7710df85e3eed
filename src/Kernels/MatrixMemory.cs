using System.Collections.Concurrent;
using System.Numerics;

namespace Limen.Kernels;

/// <summary>
/// The memory of disposed matrices, for the next ones: a training step makes the same few sizes again and again, and fresh memory costs a page fault
/// every 4 KB. What is kept is bounded; the rest is left to the garbage collector.
/// </summary>
internal static class MatrixMemory
{
    /// <summary>How many numbers a block of memory has beyond those of its matrix, so that the matrix can begin at a cache line.</summary>
    public const int Spare = 16;

    private const long MostKept = 64L << 20;

    /// <summary>Sizes between a power of two and the next.</summary>
    private const int Steps = 8;

    private static readonly ConcurrentDictionary<int, ConcurrentBag<float[]>> Free = new();
    private static long _kept;
    private static long _asked;

    /// <summary>How often memory was asked of the garbage collector so far.</summary>
    public static long Asked => Volatile.Read(ref _asked);

    public static float[] Take(int count)
    {
        var length = LengthOf(count);
        if (Free.TryGetValue(length, out var free) && free.TryTake(out var memory))
        {
            Interlocked.Add(ref _kept, -length);
            return memory;
        }
        Interlocked.Increment(ref _asked);
        return GC.AllocateUninitializedArray<float>(length, pinned: true);
    }

    public static void Give(float[] memory)
    {
        if (Interlocked.Add(ref _kept, memory.Length) * sizeof(float) > MostKept) Interlocked.Add(ref _kept, -memory.Length);
        else Free.GetOrAdd(memory.Length, _ => []).Add(memory);
    }

    /// <summary>A length for so many numbers, of few different ones: an eighth of a power of two apart.</summary>
    private static int LengthOf(int count)
    {
        var needed = (long)count + Spare;
        var step = Math.Max(Spare, (long)BitOperations.RoundUpToPowerOf2((uint)needed) / 2 / Steps);
        return (int)Math.Min(Array.MaxLength, (needed + step - 1) / step * step);
    }
}
