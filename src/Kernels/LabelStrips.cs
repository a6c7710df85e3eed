namespace Limen.Kernels;

/// <summary>
/// Weights W [L, H] laid out for <see cref="ActiveProducts"/>: strips of 128 labels, in each a unit's weights of those labels side by side,
/// [strips, H, 128]. Labels beyond the last are 0.
/// </summary>
public static unsafe class LabelStrips
{
    /// <summary>Labels of a strip.</summary>
    internal const int Width = 128;

    /// <summary>The numbers that the strips of L labels take for H units.</summary>
    public static int Length(int labels, int units) => Shapes.Length((long)Lanes.Tasks(labels, Width) * Width, units, nameof(labels));

    /// <summary>Lays W [L, H] out.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No units.</exception>
    public static void Pack(ReadOnlySpan<float> w, int units, Span<float> strips)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        var labels = w.Length / units;
        Shapes.Require(w.Length, (long)labels * units, nameof(w));
        Shapes.Require(strips.Length, Length(labels, units), nameof(strips));
        strips[Length(labels / Width * Width, units)..].Clear();
        fixed (float* from = w, to = strips)
        {
            var work = new Packing(from, labels, units, to);
            Workers.For(Lanes.Tasks(labels, Width), ref work);
        }
    }

    private readonly struct Packing(float* from, int labels, int units, float* to) : ITasks
    {
        public void Run(int strip)
        {
            var first = strip * Width;
            Transposition.Copy(from + (long)first * units, units, Math.Min(Width, labels - first), units, to + (long)first * units, Width);
        }
    }
}
