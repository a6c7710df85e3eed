namespace Limen.Kernels;

public static partial class SparseLayer
{
    /// <summary>The definition of <see cref="Forward"/>: output_bh = bias_h + sum over d of x_bd W_dh, in float64.</summary>
    public static void ForwardPlain(CsrMatrix x, ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        Check(x, rows, weights.Length, output.Length, bias.Length);
        for (var b = 0; b < rows.Length; b++)
        {
            for (var h = 0; h < bias.Length; h++)
            {
                var sum = (double)bias[h];
                for (var at = x.RowStart[rows[b]]; at < x.RowStart[rows[b] + 1]; at++)
                    sum += (double)x.Values[at] * weights[x.Indices[at] * bias.Length + h];
                output[b * bias.Length + h] = (float)sum;
            }
        }
    }

    /// <summary>
    /// The definition of <see cref="Backward"/> over all D weight rows: dW_dh = sum over b of x_bd dOut_bh, dBias_h = sum over b of dOut_bh, in float64.
    /// </summary>
    public static void BackwardPlain(CsrMatrix x, ReadOnlySpan<int> rows, ReadOnlySpan<float> dOut, Span<float> weightGradient, Span<float> biasGradient)
    {
        var width = biasGradient.Length;
        Check(x, rows, weightGradient.Length, dOut.Length, width);
        for (var h = 0; h < width; h++)
        {
            var sums = new double[x.Columns];
            var biasSum = 0.0;
            for (var b = 0; b < rows.Length; b++)
            {
                var d = (double)dOut[b * width + h];
                biasSum += d;
                for (var at = x.RowStart[rows[b]]; at < x.RowStart[rows[b] + 1]; at++) sums[x.Indices[at]] += x.Values[at] * d;
            }
            biasGradient[h] = (float)biasSum;
            for (var d = 0; d < x.Columns; d++) weightGradient[d * width + h] = (float)sums[d];
        }
    }
}
