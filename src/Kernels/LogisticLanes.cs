using System.Runtime.Intrinsics;

namespace Limen.Kernels;

/// <summary>
/// Dual coordinate descent for logistic regression (Yu, Huang, Lin 2011, https://doi.org/10.1007/s10994-010-5221-8), 16 labels at once:
/// min over 0 &lt; alpha_i &lt; C_i of |sum_i alpha_i y_i x_i|^2 / 2 + sum_i alpha_i ln(alpha_i) + (C_i - alpha_i) ln(C_i - alpha_i),
/// C_i being C times the row's weight. Kept are the log-odds u_i of alpha_i / C_i: then the gradient of a coordinate is y_i w.x_i + u_i, and a coordinate's minimum is the root of
/// h(u) = |x_i|^2 (C_i sigmoid(u) - alpha_i) + y_i w.x_i + u, which ascends with slope at least 1.
/// </summary>
internal sealed class LogisticLanes : LabelLanes
{
    private const int NewtonSteps = 50;

    /// <summary>Where every u begins: the alpha there is 0 beside any other.</summary>
    private const float Nothing = -40f;

    private readonly float[] logOdds;
    private readonly float[] squares;
    private readonly float[] costs;
    private readonly float negligible;

    public LogisticLanes(LinearRows rows, float[] squaredNorms, DualOptions options) : base(rows, options)
    {
        negligible = (float)(options.Tolerance / 10);
        logOdds = new float[Shapes.Length(X.Rows, Width, nameof(rows))];
        costs = new float[squaredNorms.Length];
        for (var row = 0; row < costs.Length; row++)
            costs[row] = (float)Cost(rows, row);
        squares = Array.ConvertAll(squaredNorms, square => square + Bias * Bias);
    }

    protected override void Start() => Array.Fill(logOdds, Nothing);

    protected override int Pass(int pass, int[] order, int live)
    {
        var highest = Vector512<float>.Zero;
        foreach (var row in order)
            Step(row, Lanes(live), ref highest);
        return live & Mask(Vector512.GreaterThan(highest, Vector512.Create((float)Options.Tolerance)));
    }

    private void Step(int row, Vector512<float> live, ref Vector512<float> highest)
    {
        var cost = costs[row];
        var sign = Signs(row);
        var margin = sign * Dot(row);
        var held = Vector512.LoadUnsafe(ref logOdds[(nint)row * Width]);
        var gradient = Vector512.Abs(margin + held) & live;
        highest = Vector512.Max(highest, gradient);
        var moves = Vector512.GreaterThan(gradient, Vector512.Create(negligible));
        if (Mask(moves) == 0)
            return;
        var next = Vector512.ConditionalSelect(moves, Root(Vector512.Create(squares[row]), cost, margin, held), held);
        next.StoreUnsafe(ref logOdds[(nint)row * Width]);
        Add(row, (Alpha(cost, next) - Alpha(cost, held)) * sign);
    }

    /// <summary>C_i sigmoid(u).</summary>
    private static Vector512<float> Alpha(float cost, Vector512<float> u) => Vector512.Create(cost) / (Vector512<float>.One + Vector512.Exp(-u));

    /// <summary>The root of h by Newton's method inside a bracket that only shrinks; a step that leaves it is halved into it.</summary>
    private Vector512<float> Root(Vector512<float> square, float cost, Vector512<float> margin, Vector512<float> start)
    {
        var alpha = Alpha(cost, start);
        var low = -margin - square * (Vector512.Create(cost) - alpha);
        var high = square * alpha - margin;
        var u = Vector512.Clamp(start, low, high);
        for (var step = 0; step < NewtonSteps; step++)
        {
            var there = Alpha(cost, u);
            var h = square * (there - alpha) + margin + u;
            var open = Vector512.GreaterThan(Vector512.Abs(h), Vector512.Create(negligible / 10) + Vector512.Abs(u) * 1e-6f);
            if (Mask(open) == 0)
                break;
            var below = Vector512.LessThan(h, Vector512<float>.Zero);
            low = Vector512.ConditionalSelect(below, u, low);
            high = Vector512.ConditionalSelect(below, high, u);
            var slope = Vector512<float>.One + square * there * (Vector512<float>.One - there / cost);
            var newton = u - h / slope;
            var inside = Vector512.GreaterThanOrEqual(newton, low) & Vector512.LessThanOrEqual(newton, high);
            u = Vector512.ConditionalSelect(open, Vector512.ConditionalSelect(inside, newton, (low + high) * 0.5f), u);
        }
        return u;
    }
}
