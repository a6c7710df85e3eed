using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// Exponential, logarithm and sigmoid of float32 numbers as polynomials, for every vector width; the numbers at the end of a
/// span round exactly as those in a vector do. The relative error is below 1e-6. NaN gives NaN, and nothing overflows.
/// The polynomials are minimax fits in the relative error (Remez).
/// </summary>
public static unsafe class VectorMath
{
    private const int NumbersPerTask = 1 << 14;
    private const float Largest = 87f;

    /// <summary>ln(1 + x) for x >= 0. The result may be the same memory.</summary>
    internal static void Log1p(ReadOnlySpan<float> x, Span<float> result) => Map<Log1pFunction>(x, result);

    /// <summary>1 / (1 + exp(-x)), from logits to probabilities. The result may be the same memory.</summary>
    internal static void Sigmoid(ReadOnlySpan<float> x, Span<float> result) => Map<SigmoidFunction>(x, result);

    /// <summary>sum += x, number by number.</summary>
    public static void AddTo(ReadOnlySpan<float> x, Span<float> sum)
    {
        Shapes.Require(x.Length, sum.Length, nameof(x));
        fixed (float* from = x, to = sum)
            Lanes.For(Lanes.Tasks(x.Length, NumbersPerTask), new AddWork(from, to, x.Length));
    }

    /// <summary>exp(-a) with a held to at most the given number, and no less than -88; for exp(-|m|) no bound below is needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T ExpOfMinus<T>(T a, float most = Largest) where T : struct, ILanes<T>
    {
        // -a = n ln 2 - s with n the nearest integer, which the sum with 1.5 * 2^23 leaves in the low bits of shifted;
        // exp(-s) = 1 - s + s^2 q(-s); n goes to the exponent field
        a = T.Min(T.Broadcast(most), a);
        var magic = T.Broadcast(12582912f);
        var shifted = T.Fma(a, T.Broadcast(-1.4426950408889634f), magic);
        var s = T.Fma(shifted - magic, T.Broadcast(0.6931471805599453f), a);
        var q = T.Fma(T.Broadcast(-0.008312525227665901f), s, T.Broadcast(0.041890114545822144f));
        q = T.Fma(q, s, T.Broadcast(-0.16667114198207855f));
        q = T.Fma(q, s, T.Broadcast(0.499992311000824f));
        q = T.Fma(q, s, T.Broadcast(-1f));
        q = T.Fma(q, s, T.Broadcast(1f));
        return T.AddToExponent(q, shifted);
    }

    /// <summary>ln(1 + x) for x in [0, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Log1pOfUnit<T>(T x) where T : struct, ILanes<T>
    {
        var p = T.Fma(T.Broadcast(-0.008539206348359585f), x, T.Broadcast(0.04408962279558182f));
        p = T.Fma(p, x, T.Broadcast(-0.10768169909715652f));
        p = T.Fma(p, x, T.Broadcast(0.17745240032672882f));
        p = T.Fma(p, x, T.Broadcast(-0.24495463073253632f));
        p = T.Fma(p, x, T.Broadcast(0.33275479078292847f));
        p = T.Fma(p, x, T.Broadcast(-0.4999740421772003f));
        p = T.Fma(p, x, T.Broadcast(0.9999998211860657f));
        return p * x;
    }

    /// <summary>ln(1 + x) for x >= 0: beyond 1, 1 + x = 2^k (1 + f) gives k ln 2 + ln(1 + f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Log1p<T>(T x) where T : struct, ILanes<T>
    {
        var one = T.Broadcast(1f);
        var f = T.Greater(x, one, T.Mantissa(one + x) - one, x);
        var k = T.Greater(x, one, T.Exponent(one + x), T.Broadcast(0f));
        return T.Fma(k, T.Broadcast(0.6931471805599453f), Log1pOfUnit(f));
    }

    /// <summary>sigmoid(m) from e = exp(-|m|), without cancellation on either side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sigmoid<T>(T m, T e) where T : struct, ILanes<T> =>
        T.Greater(T.Broadcast(0f), m, e, T.Broadcast(1f)) / (T.Broadcast(1f) + e);

    private interface IFunction
    {
        static abstract T Of<T>(T x) where T : struct, ILanes<T>;
    }

    private struct Log1pFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILanes<T> => Log1p(x);
    }

    private struct SigmoidFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILanes<T> => Sigmoid(x, ExpOfMinus(T.Abs(x)));
    }

    private static void Map<TFunction>(ReadOnlySpan<float> x, Span<float> result) where TFunction : struct, IFunction
    {
        if (x.Length != result.Length)
            throw new ArgumentException($"expected a result of {x.Length} numbers, received {result.Length}", nameof(result));
        fixed (float* from = x, to = result)
            Lanes.For(Lanes.Tasks(x.Length, NumbersPerTask), new MapWork<TFunction>(from, to, x.Length));
    }

    private readonly struct MapWork<TFunction>(float* x, float* result, int count) : ILaneTasks where TFunction : struct, IFunction
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var i = task * NumbersPerTask;
            var end = Lanes.End(task, NumbersPerTask, count);
            for (; i <= end - T.Count; i += T.Count) T.Store(TFunction.Of(T.Load(x + i)), result + i);
            for (; i < end; i++) F1.Store(TFunction.Of(F1.Load(x + i)), result + i);
        }
    }

    private readonly struct AddWork(float* x, float* sum, int count) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var i = task * NumbersPerTask;
            var end = Lanes.End(task, NumbersPerTask, count);
            for (; i <= end - T.Count; i += T.Count) T.Store(T.Load(sum + i) + T.Load(x + i), sum + i);
            for (; i < end; i++) sum[i] += x[i];
        }
    }
}
