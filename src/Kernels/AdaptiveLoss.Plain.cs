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
        var (distance, direction) = terms.Reading == MarginReading.Symmetric ? (Math.Abs(m), m > 0 ? 1 : m < 0 ? -1 : 0) : ((2 * y - 1) * m, 2 * y - 1);
        var inside = terms.Delta - distance > 0;
        return (terms.Bce * cross + (inside ? terms.Margin * (terms.Delta - distance) : 0),
                terms.Bce * crossSlope - (inside ? terms.Margin * direction : 0));
    }

    /// <summary>The definition of <see cref="ForwardBackward"/> as two loops in float64, every pair treated alike: a row of weight v counts v times.</summary>
    public static double ForwardBackwardPlain(in AdaptiveLossBatch batch, Span<float> gradient, Span<float> offsetGradient, Span<float> slopeGradient)
    {
        batch.Check();
        batch.CheckGradients(gradient, offsetGradient, slopeGradient);
        var labels = batch.Block.Count;
        var offsetSums = new double[labels];
        var slopeSums = new double[labels];
        var loss = 0.0;
        for (var b = 0; b < batch.Rows.Length; b++)
        {
            var weight = batch.RowWeight(b);
            var scale = batch.Terms.Scale * (double)weight;
            for (var l = 0; l < labels; l++)
            {
                var (value, along, a) = weight == 0f ? default : PairOf(batch, b, l);
                loss += scale * value;
                gradient[b * labels + l] = (float)(scale * along);
                offsetSums[l] -= scale * along;
                slopeSums[l] -= scale * along * a;
            }
        }
        for (var l = 0; l < labels; l++)
        {
            offsetGradient[l] = (float)offsetSums[l];
            slopeGradient[l] = (float)slopeSums[l];
        }
        return loss;
    }

    /// <summary>Loss, slope and local signal of the pair of a place of the batch and a place of the block.</summary>
    private static (double Loss, double Slope, double Signal) PairOf(in AdaptiveLossBatch batch, int b, int l)
    {
        var (row, label) = (batch.Rows[b], batch.Block.First + l);
        var a = Item(batch.Local, row, label);
        var m = batch.Logits[b * batch.Block.Count + l] - (batch.Offset[l] + (double)batch.Slope[l] * a);
        var (loss, slope) = PairPlain(m, Item(batch.Targets, row, label), batch.PosWeight.IsEmpty ? 1 : batch.PosWeight[l], batch.Terms);
        return (loss, slope, a);
    }

    private static double Item(CsrMatrix matrix, int row, int column)
    {
        var at = matrix.Find(row, column);
        return at < 0 ? 0 : matrix.Values[at];
    }

    // ln(1 + x) for small x too: x ln(u) / (u - 1) with u = 1 + x (Kahan)
    private static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : x * Math.Log(u) / (u - 1);
    }
}
