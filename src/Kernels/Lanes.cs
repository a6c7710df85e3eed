using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Limen.Kernels;

/// <summary>
/// A few float32 numbers that are worked on at once, so that a kernel is written once for every vector width.
/// </summary>
internal unsafe interface ILanes<T> where T : struct, ILanes<T>
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    static abstract T Broadcast(float value);
    static abstract T Load(float* from);
    static abstract void Store(T value, float* to);

    /// <summary>Numbers of which the high 16 bits above the lowest so many are kept, the sign left out where that is 15.</summary>
    static abstract T LoadHigh(ushort* from, int lowest);

    /// <summary>Keeps the 16 bits above the lowest so many of the bits of value + round.</summary>
    static abstract void StoreHigh(T value, uint round, int lowest, ushort* to);

    static abstract T operator +(T a, T b);
    static abstract T operator -(T a, T b);
    static abstract T operator *(T a, T b);
    static abstract T operator /(T a, T b);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract T Fma(T a, T b, T c);

    /// <summary>sum += a * b, rounded once: the form that the JIT makes one instruction of, with b in memory too.</summary>
    static abstract void AddProduct(ref T sum, T a, T b);

    /// <inheritdoc cref="AddProduct(ref T, T, T)"/>
    static abstract void AddProduct(ref T sum, T a, float* b);

    /// <summary>The smaller one; where value is NaN, NaN.</summary>
    static abstract T Min(T bound, T value);

    /// <summary>The larger one; where value is NaN, NaN.</summary>
    static abstract T Max(T bound, T value);

    static abstract T Abs(T value);
    static abstract T Sqrt(T value);
    /// <summary>yes where a > b, else no.</summary>
    static abstract T Greater(T a, T b, T yes, T no);

    /// <summary>value where low &lt; x &lt; high, else 0.</summary>
    static abstract T Between(T low, T x, T high, T value);

    /// <summary>value, negated where sign is negative (-0 is).</summary>
    static abstract T Signed(T value, T sign);

    /// <summary>k of a positive value = 2^k mantissa.</summary>
    static abstract T Exponent(T value);

    /// <summary>The mantissa of a positive value, in [1, 2).</summary>
    static abstract T Mantissa(T value);

    /// <summary>The bits of value with the low bits of exponent, as an integer, added to its exponent field.</summary>
    static abstract T AddToExponent(T value, T exponent);

    static abstract float Sum(T value);

    /// <summary>Adds the sum of each of four to four numbers.</summary>
    static abstract void AddSums(T a, T b, T c, T d, float* to);

    /// <summary>Bit i is set where a > b in lane i.</summary>
    static abstract ulong GreaterBits(T a, T b);
}

/// <summary>Work cut into numbered tasks, as <see cref="ITasks"/>, and written for lanes of any width.</summary>
internal interface ILaneTasks
{
    void Run<T>(int task) where T : struct, ILanes<T>;
}

internal static class Lanes
{
    /// <summary>No lanes of more bits than this are used; the tests lower it to reach every width.</summary>
    internal static int Widest { get; set; } = 512;

    /// <summary>Runs the tasks over <see cref="Workers"/> with the widest lanes that the hardware supports.</summary>
    public static void For<TWork>(int tasks, TWork work) where TWork : struct, ILaneTasks
    {
        if (Widest >= 512 && Avx512F.IsSupported) ForWidth<F512, TWork>(tasks, work);
        else if (Widest >= 256 && Vector256.IsHardwareAccelerated) ForWidth<F256, TWork>(tasks, work);
        else if (Widest >= 128 && Vector128.IsHardwareAccelerated) ForWidth<F128, TWork>(tasks, work);
        else ForWidth<F1, TWork>(tasks, work);
    }

    /// <summary>How many tasks of a size cover a length.</summary>
    public static int Tasks(int length, int size) => (int)(((long)length + size - 1) / size);

    /// <summary>Where a task of a size ends within a length; it begins at task * size.</summary>
    public static int End(int task, int size, int length) => (int)Math.Min(length, (task + 1L) * size);

    /// <summary>Asks for the cache line of an address, which need not be valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>Asks for all the cache lines of a row of memory.</summary>
    public static unsafe void PrefetchRow(float* row, int width)
    {
        for (nint i = 0; i < width; i += 16) Prefetch(row + i);
    }

    private static void ForWidth<T, TWork>(int tasks, TWork work) where T : struct, ILanes<T> where TWork : struct, ILaneTasks
    {
        var bound = new Bound<T, TWork>(work);
        Workers.For(tasks, ref bound);
    }

    private readonly struct Bound<T, TWork>(TWork work) : ITasks where T : struct, ILanes<T> where TWork : struct, ILaneTasks
    {
        public void Run(int task) => work.Run<T>(task);
    }
}
