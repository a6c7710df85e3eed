namespace Limen.Kernels;

public static partial class DualCoordinateDescent
{
    private const double PlainTolerance = 1e-10;
    private const int PlainPasses = 100_000;

    /// <summary>The objective that <see cref="Fit"/> minimises for a label, at w = (w_1 .. w_D, v) with the bias v: (|w|^2 + (v / Bias)^2) / 2 + C sum_i loss(y_i f(x_i)).</summary>
    public static double Objective(CsrMatrix x, CsrMatrix y, int label, DualOptions options, double[] w)
    {
        var penalty = w[..^1].Sum(weight => weight * weight) + Math.Pow(w[^1] / options.Bias, 2);
        return penalty / 2 + options.C * Enumerable.Range(0, x.Rows).Sum(row =>
        {
            var margin = Sign(y, label, row) * (Features(x, row).Sum(f => w[f.Column] * f.Value) + w[^1]);
            return options.Loss == LinearLoss.SquaredHinge
                ? Math.Pow(Math.Max(0, 1 - margin), 2)
                : Math.Max(-margin, 0) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
        });
    }

    /// <summary>
    /// The definition of one label's training: one coordinate of the dual after the other, in double, row by row, until none moves.
    /// Returns (w_1 .. w_D, bias).
    /// </summary>
    public static double[] Plain(CsrMatrix x, CsrMatrix y, int label, DualOptions options)
    {
        var w = new double[Shapes.Length(x.Columns + 1L, nameof(x))];
        var alpha = new double[x.Rows];
        var moved = double.PositiveInfinity;
        for (var pass = 0; pass < PlainPasses && moved > PlainTolerance; pass++)
        {
            moved = 0.0;
            for (var row = 0; row < x.Rows; row++)
            {
                var sign = Sign(y, label, row);
                var features = Features(x, row).Append((Column: x.Columns, Value: options.Bias)).ToArray();
                var margin = sign * features.Sum(f => w[f.Column] * f.Value);
                var next = Minimiser(alpha[row], margin, features.Sum(f => f.Value * f.Value), options);
                foreach (var (column, value) in features)
                    w[column] += (next - alpha[row]) * sign * value;
                moved = Math.Max(moved, Math.Abs(next - alpha[row]));
                alpha[row] = next;
            }
        }
        w[^1] *= options.Bias;
        return w;
    }

    /// <summary>The best value of one dual coordinate while the others stay: closed form for the squared hinge, bisection of the ascending gradient for the logistic loss.</summary>
    private static double Minimiser(double alpha, double margin, double square, DualOptions options)
    {
        if (options.Loss == LinearLoss.SquaredHinge)
            return Math.Max(0, alpha - (margin - 1 + alpha / (2 * options.C)) / (square + 1 / (2 * options.C)));
        var (low, high) = (0.0, options.C);
        for (var halving = 0; halving < 100; halving++)
        {
            var middle = (low + high) / 2;
            if (square * (middle - alpha) + margin + Math.Log(middle / (options.C - middle)) < 0)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    private static double Sign(CsrMatrix y, int label, int row) => y.RowIndices(row).Contains(label) ? 1 : -1;

    private static IEnumerable<(int Column, double Value)> Features(CsrMatrix x, int row) =>
        Enumerable.Range(x.RowStart[row], x.RowStart[row + 1] - x.RowStart[row]).Select(at => (x.Indices[at], (double)x.Values[at]));
}
