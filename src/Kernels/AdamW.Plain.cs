namespace Limen.Kernels;

public static partial class AdamW
{
    /// <summary>The definition of <see cref="Step(Span{float}, ReadOnlySpan{float}, Span{float}, Span{float}, in AdamWSettings, int)"/>, one number after the other in float64.</summary>
    public static void StepPlain(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, in AdamWSettings settings, int step)
    {
        Check(w, g, m, v);
        for (var i = 0; i < w.Length; i++)
        {
            var first = settings.Beta1 * (double)m[i] + (1 - (double)settings.Beta1) * g[i];
            var second = settings.Beta2 * (double)v[i] + (1 - (double)settings.Beta2) * g[i] * g[i];
            var mean = first / (1 - Math.Pow(settings.Beta1, step));
            var root = Math.Sqrt(second / (1 - Math.Pow(settings.Beta2, step))) + settings.Epsilon;
            w[i] = (float)(w[i] * (1 - (double)settings.Rate * settings.WeightDecay) - settings.Rate * mean / root);
            m[i] = (float)first;
            v[i] = (float)second;
        }
    }
}
