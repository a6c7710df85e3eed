using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// ReLU followed by dropout, in place: y = max(0, x) / (1 - rate) where kept, 0 where dropped; a NaN that is kept stays. Whether number i is kept depends on the key and i alone
/// (SplitMix64 as a counter, Steele, Lea and Flood 2014, https://doi.org/10.1145/2660193.2660195), so a run can be repeated and no mask is stored: y > 0 says it.
/// </summary>
public static unsafe class ReluDropout
{
    private const int NumbersPerTask = 1 << 12;
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Activates x in place. The rate is the chance of being dropped, in [0, 1); derive the key from seed, layer and step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate outside [0, 1).</exception>
    public static void Forward(Span<float> x, float rate, ulong key)
    {
        var (scale, threshold) = Constants(rate);
        fixed (float* p = x)
            Lanes.For(Lanes.Tasks(x.Length, NumbersPerTask), new ForwardTasks(p, x.Length, key, scale, threshold));
    }

    /// <summary>From the activated y, turns the gradient in y into the gradient in x, in place: gradient / (1 - rate) where y > 0, else 0.</summary>
    /// <exception cref="ArgumentException">Lengths that do not agree.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A rate outside [0, 1).</exception>
    public static void Backward(ReadOnlySpan<float> y, Span<float> gradient, float rate)
    {
        Shapes.Require(gradient.Length, y.Length, nameof(gradient));
        var (scale, _) = Constants(rate);
        fixed (float* p = y, g = gradient)
            Lanes.For(Lanes.Tasks(y.Length, NumbersPerTask), new BackwardTasks(p, g, y.Length, scale));
    }

    /// <summary>The key of a step: an independent mask for every pair.</summary>
    public static ulong Key(ulong seed, int step) => Mix(Mix(seed + Golden) + (ulong)step * Golden);

    /// <summary>The definition of <see cref="Forward"/>.</summary>
    public static void ForwardPlain(Span<float> x, float rate, ulong key)
    {
        var (scale, threshold) = Constants(rate);
        for (var i = 0; i < x.Length; i++) x[i] = Kept(key, i, threshold) && !(x[i] <= 0) ? x[i] * scale : 0;
    }

    private static (float Scale, uint Threshold) Constants(float rate)
    {
        if (!(rate >= 0 && rate < 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "expected a rate in [0, 1)");
        return (1 / (1 - rate), (uint)(rate * 4294967296.0));
    }

    // one 64-bit number serves two neighbours, half each
    private static bool Kept(ulong key, int i, uint threshold) => (uint)(Mix(key + (ulong)(i >> 1) * Golden) >> (32 * (i & 1))) >= threshold;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private readonly struct ForwardTasks(float* x, int count, ulong key, float scale, uint threshold) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var i = task * NumbersPerTask;
            var end = Lanes.End(task, NumbersPerTask, count);
            if (threshold > 0) Drop(i, end);
            for (; i <= end - T.Count; i += T.Count) Activate<T>(x + i);
            for (; i < end; i++) Activate<F1>(x + i);
        }

        private void Drop(nint i, nint end)
        {
            for (; i < end; i += 2)
            {
                var random = Mix(key + (ulong)(i >> 1) * Golden);
                Keep(x + i, (uint)random);
                if (i + 1 < end) Keep(x + i + 1, (uint)(random >> 32));
            }
        }

        // without a branch, which would be guessed wrong for every dropped number
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Keep(float* at, uint random) => *(int*)at &= (int)~(((long)random - threshold) >> 63);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Activate<V>(float* at) where V : struct, ILanes<V> =>
            V.Store(V.Max(V.Broadcast(0f), V.Load(at)) * V.Broadcast(scale), at);
    }

    private readonly struct BackwardTasks(float* y, float* gradient, int count, float scale) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var i = task * NumbersPerTask;
            var end = Lanes.End(task, NumbersPerTask, count);
            for (; i <= end - T.Count; i += T.Count) Pass<T>(y + i, gradient + i);
            for (; i < end; i++) Pass<F1>(y + i, gradient + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Pass<V>(float* activated, float* g) where V : struct, ILanes<V> =>
            V.Store(V.Greater(V.Load(activated), V.Broadcast(0f), V.Load(g) * V.Broadcast(scale), V.Broadcast(0f)), g);
    }
}
