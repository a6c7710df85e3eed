namespace Limen.Kernels;

public static partial class AdaptiveLoss
{
    /// <summary>
    /// The definition: the loss of one pair and its slope in m = z - theta, in float64. With p = sigmoid(m),
    /// loss = Bce * (-w y ln p - (1 - y) ln(1 - p)) + Margin * margin(m); the slope at a kink of the margin term is 0.
    /// Scale is not applied.
    /// </summary>
    public static (double Loss, double Slope) PairPlain(double m, double y, double positiveWeight, in LossTerms terms)
    {
        var softplus = Math.Max(m, 0) + Log1p(Math.Exp(-Math.Abs(m)));
        var p = m >= 0 ? 1 / (1 + Math.Exp(-m)) : Math.Exp(m) / (1 + Math.Exp(m));
        var q = m >= 0 ? Math.Exp(-m) / (1 + Math.Exp(-m)) : 1 / (1 + Math.Exp(m));
        var cross = positiveWeight * y * (Math.Max(-m, 0) + Log1p(Math.Exp(-Math.Abs(m)))) + (1 - y) * softplus;
        var crossSlope = -positiveWeight * y * q + (1 - y) * p;
        var (distance, direction) = terms.Reading == MarginReading.Symmetric ? (Math.Abs(m), Math.Sign(m)) : ((2 * y - 1) * m, 2 * y - 1);
        var inside = terms.Delta - distance > 0;
        return (terms.Bce * cross + (inside ? terms.Margin * (terms.Delta - distance) : 0),
                terms.Bce * crossSlope - (inside ? terms.Margin * direction : 0));
    }

    /// <summary>The definition of <see cref="ForwardBackward"/> as two loops in float64, every pair treated alike.</summary>
    public static double ForwardBackwardPlain(
        ReadOnlySpan<float> logits, Span<float> gradient, LabelBlock block, CsrMatrix targets, CsrMatrix local, ReadOnlySpan<int> rows,
        ReadOnlySpan<float> offset, ReadOnlySpan<float> slope, ReadOnlySpan<float> posWeight, in LossTerms terms,
        Span<float> offsetGradient, Span<float> slopeGradient)
    {
        Check(logits, block, targets, local, rows, offset, slope, posWeight);
        CheckGradients(logits, gradient, block, offsetGradient, slopeGradient);
        var labels = block.Count;
        var offsetSums = new double[labels];
        var slopeSums = new double[labels];
        var loss = 0.0;
        for (var b = 0; b < rows.Length; b++)
        {
            for (var l = 0; l < labels; l++)
            {
                var a = Item(local, rows[b], block.First + l);
                var m = logits[b * labels + l] - (offset[l] + (double)slope[l] * a);
                var weight = posWeight.IsEmpty ? 1 : posWeight[l];
                var (value, along) = PairPlain(m, Item(targets, rows[b], block.First + l), weight, terms);
                loss += terms.Scale * value;
                gradient[b * labels + l] = (float)(terms.Scale * along);
                offsetSums[l] -= terms.Scale * along;
                slopeSums[l] -= terms.Scale * along * a;
            }
        }
        for (var l = 0; l < labels; l++)
        {
            offsetGradient[l] = (float)offsetSums[l];
            slopeGradient[l] = (float)slopeSums[l];
        }
        return loss;
    }

    private static double Item(CsrMatrix matrix, int row, int column)
    {
        var at = matrix.RowIndices(row).IndexOf(column);
        return at < 0 ? 0 : matrix.RowValues(row)[at];
    }

    // ln(1 + x) for small x too: x ln(u) / (u - 1) with u = 1 + x (Kahan)
    private static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : x * Math.Log(u) / (u - 1);
    }
}
