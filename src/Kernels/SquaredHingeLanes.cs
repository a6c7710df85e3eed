using System.Runtime.Intrinsics;

namespace Limen.Kernels;

/// <summary>
/// Dual coordinate descent for the L2-loss SVM (Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, Algorithms 1 and 3,
/// https://doi.org/10.1145/1390156.1390208), 16 labels at once: min over alpha >= 0 of
/// |sum_i alpha_i y_i x_i|^2 / 2 + sum_i alpha_i^2 / (4 C_i) - sum_i alpha_i, C_i being C times the row's weight. A row whose alpha is 0 and whose gradient would keep it there
/// is left out (shrunk) at once, more boldly than in the paper; every fifth pass visits all rows, and only such a pass can end a label.
/// </summary>
internal sealed class SquaredHingeLanes : LabelLanes
{
    private const int PassesPerCheck = 5;

    private readonly float[] alpha;
    private readonly ushort[] active;
    private readonly float[] curvature;
    private readonly float diagonal;
    private readonly float[]? diagonals; // where rows have weights, for a look-up in every step takes time
    private readonly float negligible;

    public SquaredHingeLanes(LinearRows rows, float[] squaredNorms, DualOptions options) : base(rows, options)
    {
        diagonal = (float)(0.5 / options.C);
        diagonals = rows.Weights is null ? null : [.. Enumerable.Range(0, X.Rows).Select(row => (float)(0.5 / Cost(rows, row)))];
        curvature = [.. squaredNorms.Select((square, row) => square + Bias * Bias + Diagonal(row))];
        negligible = (float)(options.Tolerance / 50);
        alpha = new float[Shapes.Length(X.Rows, Width, nameof(rows))];
        active = new ushort[X.Rows];
    }

    /// <summary>1 / (2 C_i).</summary>
    private float Diagonal(int row) => diagonals is null ? diagonal : diagonals[row];

    protected override void Start() => Array.Clear(alpha);

    protected override int Pass(int pass, int[] order, int live)
    {
        var full = pass % PassesPerCheck == 0;
        if (full)
            Array.Fill(active, ushort.MaxValue);
        var highest = Vector512<float>.Zero;
        var lowest = Vector512<float>.Zero;
        foreach (var row in order)
        {
            var lanes = active[row] & live;
            if (lanes != 0)
                Step(row, lanes, ref highest, ref lowest);
        }
        var open = Mask(Vector512.GreaterThan(highest - lowest, Vector512.Create((float)Options.Tolerance)));
        return full ? live & open : live;
    }

    private void Step(int row, int lanes, ref Vector512<float> highest, ref Vector512<float> lowest)
    {
        var zero = Vector512<float>.Zero;
        var sign = Signs(row);
        var held = Vector512.LoadUnsafe(ref alpha[(nint)row * Width]);
        var gradient = sign * Dot(row) - Vector512<float>.One + held * Diagonal(row);
        var atZero = Vector512.Equals(held, zero);
        var shrunk = atZero & Vector512.GreaterThan(gradient, zero);
        active[row] = (ushort)(active[row] & ~Mask(shrunk));
        var projected = Vector512.ConditionalSelect(atZero, Vector512.Min(gradient, zero), gradient) & Lanes(lanes);
        highest = Vector512.Max(highest, projected);
        lowest = Vector512.Min(lowest, projected);
        var moves = Vector512.GreaterThan(Vector512.Abs(projected), Vector512.Create(negligible));
        if (Mask(moves) == 0)
            return;
        var next = Vector512.ConditionalSelect(moves, Vector512.Max(held - gradient / Vector512.Create(curvature[row]), zero), held);
        next.StoreUnsafe(ref alpha[(nint)row * Width]);
        Add(row, (next - held) * sign);
    }
}
