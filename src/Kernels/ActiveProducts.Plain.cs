namespace Limen.Kernels;

public static partial class ActiveProducts
{
    /// <summary>The definition of <see cref="Logits"/>: z_bl = sum over k of h_bk w_lk, in float64.</summary>
    public static void LogitsPlain(ReadOnlySpan<float> h, ReadOnlySpan<float> w, int units, Span<float> z)
    {
        var (rows, labels) = Sizes(h, w, z, units);
        for (var b = 0; b < rows; b++)
            for (var l = 0; l < labels; l++)
            {
                var sum = 0.0;
                for (var k = 0; k < units; k++) sum += (double)h[b * units + k] * w[l * units + k];
                z[b * labels + l] = (float)sum;
            }
    }

    /// <summary>The definition of <see cref="WeightGradient"/>: dw_lk = sum over b of dz_bl h_bk, in float64.</summary>
    public static void WeightGradientPlain(ReadOnlySpan<float> h, ReadOnlySpan<float> dz, int units, Span<float> dw)
    {
        var (rows, labels) = Sizes(h, dw, dz, units);
        for (var l = 0; l < labels; l++)
            for (var k = 0; k < units; k++)
            {
                var sum = 0.0;
                for (var b = 0; b < rows; b++) sum += (double)dz[b * labels + l] * h[b * units + k];
                dw[l * units + k] = (float)sum;
            }
    }

    /// <summary>The definition of <see cref="HiddenGradient"/>: where h_bk is not 0, dh_bk += sum over l of dz_bl w_lk, in float64.</summary>
    public static void HiddenGradientPlain(ReadOnlySpan<float> h, ReadOnlySpan<float> dz, ReadOnlySpan<float> w, int units, Span<float> dh)
    {
        var (rows, labels) = Sizes(h, w, dz, units);
        Shapes.Require(dh.Length, h.Length, nameof(dh));
        for (var b = 0; b < rows; b++)
            for (var k = 0; k < units; k++)
            {
                var sum = 0.0;
                for (var l = 0; l < labels; l++) sum += (double)dz[b * labels + l] * w[l * units + k];
                if (h[b * units + k] != 0) dh[b * units + k] += (float)sum;
            }
    }

    /// <summary>B and L of h [B, H], W [L, H] and z [B, L].</summary>
    private static (int Rows, int Labels) Sizes(ReadOnlySpan<float> h, ReadOnlySpan<float> w, ReadOnlySpan<float> z, int units)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        var (rows, labels) = (h.Length / units, w.Length / units);
        Shapes.Require(h.Length, (long)rows * units, nameof(h));
        Shapes.Require(w.Length, (long)labels * units, nameof(w));
        Shapes.Require(z.Length, (long)rows * labels, nameof(z));
        return (rows, labels);
    }
}
