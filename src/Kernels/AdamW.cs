using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>The settings of AdamW; the defaults are PyTorch's.</summary>
/// <param name="Rate">Learning rate of this step.</param>
/// <param name="Beta1">Decay of the first moment a step.</param>
/// <param name="Beta2">Decay of the second moment a step.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled: a step first multiplies the weight by 1 - Rate * WeightDecay.</param>
public readonly record struct AdamWSettings(
    float Rate = 1e-3f, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 1e-2f)
{
    /// <summary>The defaults.</summary>
    public AdamWSettings() : this(Rate: 1e-3f)
    {
    }
}

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101), as torch.optim.AdamW computes it:
/// w *= 1 - rate * decay; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// w -= rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
/// </summary>
public static unsafe partial class AdamW
{
    private const int NumbersPerTask = 1 << 14;

    /// <summary>Step number step (the first is 1) of the weights w with gradient g and moments m and v, in place.</summary>
    /// <exception cref="ArgumentException">Lengths that do not agree.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step below 1.</exception>
    public static void Step(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, in AdamWSettings settings, int step)
    {
        Check(w, g, m, v);
        var rule = new AdamWRule(settings, step);
        fixed (float* wp = w, gp = g, mp = m, vp = v)
            Lanes.For(Lanes.Tasks(w.Length, NumbersPerTask), new Blocks(wp, gp, mp, vp, w.Length, rule));
    }

    /// <summary>
    /// The same for rows of a width H whose moments are kept in 16 bits a number, [rows, 2, H], m and then v: half of the memory, and what
    /// <see cref="LazyAdamW"/> does in a step that touches every row. An update is off by up to 1 % of its size, in either direction.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths that do not agree.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step or a width below 1.</exception>
    public static void Step(Span<float> w, ReadOnlySpan<float> g, Span<ushort> moments, int width, in AdamWSettings settings, int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var rows = w.Length / width;
        Shapes.Require(w.Length, (long)rows * width, nameof(w));
        Shapes.Require(g.Length, w.Length, nameof(g));
        Shapes.Require(moments.Length, 2L * w.Length, nameof(moments));
        var rule = new AdamWRule(settings, step);
        var size = Lanes.Tasks(NumbersPerTask, width);
        fixed (float* wp = w, gp = g)
        fixed (ushort* mv = moments)
            Lanes.For(Lanes.Tasks(rows, size), new Rows(wp, gp, mv, rows, width, size, rule, RowMoments.Dither(step - 1)));
    }

    private static void Check(ReadOnlySpan<float> w, ReadOnlySpan<float> g, ReadOnlySpan<float> m, ReadOnlySpan<float> v)
    {
        Shapes.Require(g.Length, w.Length, nameof(g));
        Shapes.Require(m.Length, w.Length, nameof(m));
        Shapes.Require(v.Length, w.Length, nameof(v));
    }

    private readonly struct Rows(float* w, float* g, ushort* moments, int rows, int width, int size, AdamWRule rule, uint dither) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            for (long row = task * size, end = Lanes.End(task, size, rows); row < end; row++)
                rule.Apply<T>(w + row * width, g + row * width, moments + 2 * row * width, 1, 1, dither, width);
        }
    }

    private readonly struct Blocks(float* w, float* g, float* m, float* v, int count, AdamWRule rule) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var first = task * NumbersPerTask;
            rule.Apply<T>(w + first, g + first, m + first, v + first, Math.Min(NumbersPerTask, count - first));
        }
    }
}

/// <summary>One step of AdamW with its constants worked out: it differs between steps, not between weights.</summary>
internal readonly unsafe struct AdamWRule
{
    private readonly float _beta1, _beta2, _keep, _stepSize, _rootCorrection, _epsilon;

    public AdamWRule(in AdamWSettings settings, int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        _beta1 = settings.Beta1;
        _beta2 = settings.Beta2;
        _keep = (float)(1 - (double)settings.Rate * settings.WeightDecay);
        _stepSize = (float)(settings.Rate / (1 - Math.Pow(settings.Beta1, step)));
        _rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, step)));
        _epsilon = settings.Epsilon;
    }

    public void Apply<T>(float* w, float* g, float* m, float* v, int count) where T : struct, ILanes<T>
    {
        var i = 0;
        for (; i <= count - T.Count; i += T.Count) Update<T>(w + i, g + i, m + i, v + i);
        for (; i < count; i++) Update<F1>(w + i, g + i, m + i, v + i);
    }

    /// <summary>The same for a row whose moments are kept in 16 bits and have missed steps of gradient 0, which leave keptM of m and keptV of v.</summary>
    public void Apply<T>(float* w, float* g, ushort* moments, float keptM, float keptV, uint dither, int count) where T : struct, ILanes<T>
    {
        ushort* m = moments, v = moments + count;
        var i = 0;
        for (; i <= count - T.Count; i += T.Count) Update<T>(w + i, g + i, m + i, v + i, keptM, keptV, dither);
        for (; i < count; i++) Update<F1>(w + i, g + i, m + i, v + i, keptM, keptV, dither);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Update<V>(float* w, float* g, float* m, float* v) where V : struct, ILanes<V>
    {
        var gradient = V.Load(g);
        var first = V.Load(m);
        var second = V.Load(v);
        Move(gradient, ref first, ref second, _beta1, _beta2, w);
        V.Store(first, m);
        V.Store(second, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Update<V>(float* w, float* g, ushort* m, ushort* v, float keptM, float keptV, uint dither) where V : struct, ILanes<V>
    {
        var first = RowMoments.LoadM<V>(m);
        var second = RowMoments.LoadV<V>(v);
        Move(V.Load(g), ref first, ref second, _beta1 * keptM, _beta2 * keptV, w);
        RowMoments.StoreM(first, dither, m);
        RowMoments.StoreV(second, dither, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Move<V>(V gradient, ref V first, ref V second, float keptM, float keptV, float* w) where V : struct, ILanes<V>
    {
        first = V.Fma(V.Broadcast(keptM), first, V.Broadcast(1 - _beta1) * gradient);
        second = V.Fma(V.Broadcast(keptV), second, V.Broadcast(1 - _beta2) * gradient * gradient);
        var root = V.Fma(V.Sqrt(second), V.Broadcast(_rootCorrection), V.Broadcast(_epsilon));
        V.Store(V.Broadcast(_keep) * V.Load(w) - V.Broadcast(_stepSize) * first / root, w);
    }
}
