namespace Limen.Kernels;

/// <summary>Rows that linear functions learn from.</summary>
/// <param name="X">Features X [N, D].</param>
/// <param name="Y">Label sets Y [N, L]: a stored entry is a positive row.</param>
/// <param name="Weights">How much each row counts [N], finite and at least 0: the row's cost is C times its weight, and a row of weight 0 is as absent. Null: 1 each.</param>
public sealed record LinearRows(CsrMatrix X, CsrMatrix Y, float[]? Weights)
{
    internal double Weight(int row) => Weights is null ? 1 : Weights[row];

    /// <summary>The rows that count, ascending.</summary>
    internal int[] Counted() => [.. Enumerable.Range(0, X.Rows).Where(row => Weight(row) > 0)];

    /// <exception cref="ArgumentException">Parts that do not describe the same rows, or a weight that is not finite or below 0.</exception>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(Y);
        if (X.Rows != Y.Rows)
            throw new ArgumentException($"expected labels [N, L] with N = {X.Rows}, received [{Y.Rows}, {Y.Columns}]", nameof(Y));
        if (X.Columns > LabelLanes.MostFeatures || X.Rows > LabelLanes.MostRows)
            throw new ArgumentException(
                $"expected features [N, D] of at most {LabelLanes.MostFeatures} features and {LabelLanes.MostRows} rows, received [{X.Rows}, {X.Columns}]", nameof(X));
        if (Weights is null)
            return;
        Shapes.Require(Weights.Length, X.Rows, nameof(Weights));
        if (Array.FindIndex(Weights, weight => !(float.IsFinite(weight) && weight >= 0f)) is >= 0 and var row)
            throw new ArgumentException($"row {row + 1}: expected a finite weight of at least 0, received {Weights[row]}", nameof(Weights));
    }
}
