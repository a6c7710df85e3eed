namespace Limen.Kernels;

/// <summary>
/// What the neighbours say of each label: A_il = sum_r w_ir y_rl / sum_r w_ir over the neighbours r of row i, with w_ir = cosine^power times the weight of row r.
/// </summary>
public static class NeighbourVotes
{
    private const int RowsPerChunk = 256;

    /// <summary>
    /// Weighted label shares of the neighbours, in [0, 1]. A row whose total weight is 0 or below the floor has no signal: it stays empty and is counted.
    /// Sums in double, over the neighbours in ascending order.
    /// </summary>
    /// <param name="neighbours">Cosines [Q, N] at the columns of the training rows, as <see cref="CosineIndex"/> returns them; above 0.</param>
    /// <param name="power">p: 0 counts neighbours alike, larger values favour the nearest.</param>
    /// <param name="floor">The least total weight that counts as evidence.</param>
    /// <param name="labels">The training rows' label sets Y [N, L], values in [0, 1].</param>
    /// <param name="weights">How much each training row counts [N]; null: 1 each.</param>
    /// <returns>A [Q, L], and how many rows fell below the floor.</returns>
    /// <exception cref="ArgumentException">The neighbours are not columns of as many training rows as labels and weights have.</exception>
    public static (CsrMatrix Shares, int Fallbacks) Compute(CsrMatrix neighbours, double power, double floor, CsrMatrix labels, float[]? weights = null)
    {
        ArgumentNullException.ThrowIfNull(neighbours);
        ArgumentNullException.ThrowIfNull(labels);
        if (neighbours.Columns != labels.Rows)
            throw new ArgumentException($"expected neighbours [Q, N] with N = {labels.Rows}, received [{neighbours.Rows}, {neighbours.Columns}]", nameof(neighbours));
        if (weights is not null && weights.Length != labels.Rows)
            throw new ArgumentException($"expected weights [N] with N = {labels.Rows}, received [{weights.Length}]", nameof(weights));
        var rows = new (int[], float[])[neighbours.Rows];
        var fallbacks = 0;
        RowChunks.For(neighbours.Rows, RowsPerChunk, (from, to) =>
        {
            var votes = new double[labels.Columns];
            var voted = new List<int>();
            var silent = 0;
            for (var row = from; row < to; row++)
            {
                var total = Vote(neighbours.RowIndices(row), neighbours.RowValues(row), power, labels, weights, votes, voted);
                var known = total > 0.0 && total >= floor;
                if (!known)
                    silent++;
                voted.Sort();
                rows[row] = known ? ([.. voted], [.. voted.Select(label => (float)(votes[label] / total))]) : ([], []);
                foreach (var label in voted)
                    votes[label] = 0.0;
                voted.Clear();
            }
            Interlocked.Add(ref fallbacks, silent);
        });
        return (RowChunks.Assemble(labels.Columns, rows), fallbacks);
    }

    /// <summary>Adds the weight of each neighbour to the labels it has; returns the total weight.</summary>
    private static double Vote(
        ReadOnlySpan<int> neighbours,
        ReadOnlySpan<float> cosines,
        double power,
        CsrMatrix labels,
        float[]? weights,
        double[] votes,
        List<int> voted
    )
    {
        var total = 0.0;
        for (var k = 0; k < neighbours.Length; k++)
        {
            var weight = Math.Pow(cosines[k], power) * (weights is null ? 1.0 : weights[neighbours[k]]);
            total += weight;
            var shares = labels.RowValues(neighbours[k]);
            var names = labels.RowIndices(neighbours[k]);
            for (var at = 0; at < names.Length; at++)
            {
                var vote = weight * shares[at];
                if (vote > 0.0 && votes[names[at]] == 0.0)
                    voted.Add(names[at]);
                votes[names[at]] += vote;
            }
        }
        return total;
    }
}
