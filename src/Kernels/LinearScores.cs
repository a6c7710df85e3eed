using System.Collections.Concurrent;

namespace Limen.Kernels;

/// <summary>
/// The margins of rows for all labels from sparse weights, f_l(x) = w_l . x + b_l, of which each row keeps its best.
/// The weights are transposed (for each feature the labels that use it), so the cost is that of the products that are not zero.
/// Sums in double in ascending feature order, the bias last; rounded to float.
/// </summary>
public sealed class LinearScores
{
    private const int RowsPerChunk = 64;

    private readonly CsrMatrix byFeature;
    private readonly float[] bias;
    private readonly ConcurrentBag<double[]> idle = [];

    /// <summary>Transposes the weights W [L, D].</summary>
    /// <exception cref="ArgumentException">Weights and biases of different numbers of labels.</exception>
    public LinearScores(LinearWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(weights.Weights, nameof(weights));
        ArgumentNullException.ThrowIfNull(weights.Bias, nameof(weights));
        if (weights.Weights.Rows != weights.Bias.Length)
            throw new ArgumentException($"expected biases [L] with L = {weights.Weights.Rows}, received {weights.Bias.Length}", nameof(weights));
        byFeature = Transposed.Of(weights.Weights);
        bias = weights.Bias;
    }

    /// <summary>
    /// The margins [Q, L] of the k best labels of each row (ties go to the lower label) and of the extra pairs.
    /// </summary>
    /// <param name="k">How many labels every row keeps; all of them where k is at least L.</param>
    /// <param name="extra">Pairs [Q, L] that are scored besides; their values do not matter.</param>
    /// <param name="queries">Features [Q, D].</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or k is negative.</exception>
    public CsrMatrix Compute(int k, CsrMatrix extra, CsrMatrix queries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        RequireFeatures(queries);
        ArgumentNullException.ThrowIfNull(extra);
        if (extra.Rows != queries.Rows || extra.Columns != bias.Length)
            throw new ArgumentException($"expected pairs [Q, L] = [{queries.Rows}, {bias.Length}], received [{extra.Rows}, {extra.Columns}]", nameof(extra));
        var rows = new (int[], float[])[queries.Rows];
        RowChunks.For(queries.Rows, RowsPerChunk, (from, to) =>
        {
            if (!idle.TryTake(out var margins))
                margins = new double[bias.Length];
            var best = new TopKHeap(Math.Min(k, bias.Length));
            for (var row = from; row < to; row++)
            {
                Margins(queries.RowIndices(row), queries.RowValues(row), margins);
                rows[row] = Best(margins, best, extra.RowIndices(row));
            }
            idle.Add(margins);
        });
        return RowChunks.Assemble(bias.Length, rows);
    }

    /// <summary>The margins of the given rows of the queries for all labels, into output [B, L].</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or a row that the queries do not have.</exception>
    public unsafe void Block(CsrMatrix queries, ReadOnlySpan<int> rows, Span<float> output)
    {
        var labels = bias.Length;
        RequireFeatures(queries);
        Shapes.RequireRows(rows, queries.Rows, nameof(rows));
        if (output.Length != (long)rows.Length * labels)
            throw new ArgumentException($"expected [B, L] = [{rows.Length}, {labels}], received {output.Length} values", nameof(output));
        var chosen = rows.ToArray();
        fixed (float* target = output)
        {
            var address = (nint)target;
            Workers.For(chosen.Length, i =>
            {
                if (!idle.TryTake(out var margins))
                    margins = new double[labels];
                Margins(queries.RowIndices(chosen[i]), queries.RowValues(chosen[i]), margins);
                var row = new Span<float>((float*)address + (long)i * labels, labels);
                for (var label = 0; label < labels; label++)
                    row[label] = (float)margins[label];
                idle.Add(margins);
            });
        }
    }

    /// <summary>The definition of one margin: the dot product over all features, then the bias.</summary>
    public static float Plain(LinearWeights weights, int label, CsrMatrix queries, int row)
    {
        var scores = new LinearScores(weights);
        scores.RequireFeatures(queries);
        Shapes.RequireRows([label], weights.Weights.Rows, nameof(label));
        Shapes.RequireRows([row], queries.Rows, nameof(row));
        var dense = new double[queries.Columns];
        for (var at = queries.RowStart[row]; at < queries.RowStart[row + 1]; at++)
            dense[queries.Indices[at]] = queries.Values[at];
        var sum = 0.0;
        for (var at = weights.Weights.RowStart[label]; at < weights.Weights.RowStart[label + 1]; at++)
            sum += dense[weights.Weights.Indices[at]] * weights.Weights.Values[at];
        return (float)(sum + weights.Bias[label]);
    }

    private void RequireFeatures(CsrMatrix queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        if (queries.Columns != byFeature.Rows)
            throw new ArgumentException($"expected queries [Q, D] with D = {byFeature.Rows}, received [{queries.Rows}, {queries.Columns}]", nameof(queries));
    }

    private void Margins(ReadOnlySpan<int> features, ReadOnlySpan<float> values, double[] margins)
    {
        Array.Clear(margins);
        for (var at = 0; at < features.Length; at++)
        {
            var value = (double)values[at];
            var labels = byFeature.RowIndices(features[at]);
            var weights = byFeature.RowValues(features[at]);
            for (var k = 0; k < labels.Length; k++)
                margins[labels[k]] += value * weights[k];
        }
        for (var label = 0; label < margins.Length; label++)
            margins[label] += bias[label];
    }

    private static (int[], float[]) Best(double[] margins, TopKHeap best, ReadOnlySpan<int> extra)
    {
        best.Clear();
        for (var label = 0; label < margins.Length; label++)
            if ((float)margins[label] > best.Bar)
                best.Offer(label, (float)margins[label]);
        var (labels, values) = best.ById();
        var besides = new List<int>();
        foreach (var label in extra)
            if (Array.BinarySearch(labels, label) < 0)
                besides.Add(label);
        if (besides.Count == 0)
            return (labels, values);
        int[] all = [.. labels, .. besides];
        Array.Sort(all);
        return (all, Array.ConvertAll(all, label => (float)margins[label]));
    }
}
