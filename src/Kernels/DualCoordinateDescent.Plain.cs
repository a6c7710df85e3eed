namespace Limen.Kernels;

public static partial class DualCoordinateDescent
{
    private const double PlainTolerance = 1e-10;
    private const int PlainPasses = 100_000;

    /// <summary>
    /// The objective that <see cref="Fit"/> minimises for a label, at w = (w_1 .. w_D, v) with the bias v:
    /// (|w|^2 + (v / Bias)^2) / 2 + sum_i C_i loss(y_i f(x_i)), C_i being C times the row's weight.
    /// </summary>
    public static double Objective(LinearRows rows, int label, DualOptions options, double[] w)
    {
        Check(rows, label, options);
        ArgumentNullException.ThrowIfNull(w);
        Shapes.Require(w.Length, rows.X.Columns + 1L, nameof(w));
        var penalty = w[..^1].Sum(weight => weight * weight) + Math.Pow(w[^1] / options.Bias, 2);
        return penalty / 2 + Enumerable.Range(0, rows.X.Rows).Sum(row =>
        {
            var margin = Sign(rows.Y, label, row) * (Features(rows.X, row).Sum(f => w[f.Column] * f.Value) + w[^1]);
            var loss = options.Loss == LinearLoss.SquaredHinge
                ? Math.Pow(Math.Max(0, 1 - margin), 2)
                : Math.Max(-margin, 0) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
            return options.C * rows.Weight(row) * loss;
        });
    }

    /// <summary>
    /// The definition of one label's training: one coordinate of the dual after the other, in double, row by row, until none moves.
    /// Returns (w_1 .. w_D, bias).
    /// </summary>
    public static double[] Plain(LinearRows rows, int label, DualOptions options)
    {
        Check(rows, label, options);
        var w = new double[Shapes.Length(rows.X.Columns + 1L, nameof(rows))];
        var alpha = new double[rows.X.Rows];
        var counted = rows.Counted();
        var moved = double.PositiveInfinity;
        for (var pass = 0; pass < PlainPasses && moved > PlainTolerance; pass++)
        {
            moved = 0.0;
            foreach (var row in counted)
            {
                var sign = Sign(rows.Y, label, row);
                var features = Features(rows.X, row).Append((Column: rows.X.Columns, Value: options.Bias)).ToArray();
                var margin = sign * features.Sum(f => w[f.Column] * f.Value);
                var cost = options.C * rows.Weight(row);
                var next = Minimiser(options.Loss, cost, alpha[row], margin, features.Sum(f => f.Value * f.Value));
                foreach (var (column, value) in features)
                    w[column] += (next - alpha[row]) * sign * value;
                moved = Math.Max(moved, Math.Abs(next - alpha[row]));
                alpha[row] = next;
            }
        }
        w[^1] *= options.Bias;
        return w;
    }

    private static void Check(LinearRows rows, int label, DualOptions options)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        rows.Check();
        Shapes.RequireRows([label], rows.Y.Columns, nameof(label));
    }

    /// <summary>The best value of one dual coordinate while the others stay: closed form for the squared hinge, bisection of the ascending gradient for the logistic loss.</summary>
    private static double Minimiser(LinearLoss loss, double cost, double alpha, double margin, double square)
    {
        if (loss == LinearLoss.SquaredHinge)
            return Math.Max(0, alpha - (margin - 1 + alpha / (2 * cost)) / (square + 1 / (2 * cost)));
        var (low, high) = (0.0, cost);
        for (var halving = 0; halving < 100; halving++)
        {
            var middle = (low + high) / 2;
            if (square * (middle - alpha) + margin + Math.Log(middle / (cost - middle)) < 0)
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
