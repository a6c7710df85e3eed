using System.Collections.Concurrent;

namespace Limen.Kernels;

/// <summary>
/// One-vs-rest linear scorers, trained one coordinate of the dual at a time. 16 labels share each reading of a row.
/// The result depends on the data, the options and nothing else: not on threads, nor on which labels are trained together.
/// </summary>
public static partial class DualCoordinateDescent
{
    /// <summary>The bias of a label that no training row has; its weights are 0, so it never comes before a label that fires.</summary>
    public const float AbsentBias = -1.5f;

    /// <summary>Trains a linear function for every label.</summary>
    /// <param name="rows">Features, label sets and weights.</param>
    /// <param name="options">Loss, cost, tolerance and limits.</param>
    /// <param name="progress">Called with the share of the labels that are done, ascending; from any thread, one call at a time.</param>
    /// <param name="cancellation">Honoured between the passes of a group of labels.</param>
    /// <exception cref="ArgumentException">X and Y have different numbers of rows, X more than 134,217,722 features or 134,217,724 rows, or the weights are not
    /// N finite numbers of at least 0.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static LinearWeights Fit(LinearRows rows, DualOptions options, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        rows.Check();
        using var scope = CancellationScope.Of(cancellation.CanBeCanceled ? cancellation : CancellationScope.Token);
        var (features, count) = (rows.X.Columns, rows.Y.Columns);
        var positives = Transposed.Of(rows.Y);
        var labels = MostFrequentFirst(positives, rows);
        var squaredNorms = SquaredNorms(rows.X);
        var orders = new RowOrders(rows.Counted(), options.Seed);
        var weights = new (int[], float[])[count];
        Array.Fill(weights, ([], []));
        var bias = new float[count];
        Array.Fill(bias, AbsentBias);
        var idle = new ConcurrentBag<LabelLanes>();
        var done = 0;
        var gate = new Lock();
        RowChunks.For(labels.Length, LabelLanes.Width, (from, to) =>
        {
            if (!idle.TryTake(out var lanes))
                lanes = Lanes(rows, squaredNorms, options);
            var group = labels.AsSpan(from, to - from);
            lanes.Train(positives, group, orders);
            for (var lane = 0; lane < group.Length; lane++)
            {
                weights[group[lane]] = Kept(lanes, lane, features, options.Prune);
                bias[group[lane]] = lanes.Weight(features, lane) * (float)options.Bias;
            }
            idle.Add(lanes);
            lock (gate)
                progress((done += to - from) / (double)labels.Length);
        });
        cancellation.ThrowIfCancellationRequested();
        return new LinearWeights(RowChunks.Assemble(features, weights), bias);
    }

    /// <summary>The labels that a row which counts has, by the number of such rows.</summary>
    private static int[] MostFrequentFirst(CsrMatrix positives, LinearRows rows)
    {
        var support = new int[positives.Rows];
        for (var label = 0; label < support.Length; label++)
            foreach (var row in positives.RowIndices(label))
                if (rows.Weight(row) > 0)
                    support[label]++;
        return [.. Enumerable.Range(0, support.Length).Where(label => support[label] > 0).OrderByDescending(label => support[label])];
    }

    private static LabelLanes Lanes(LinearRows rows, float[] squaredNorms, DualOptions options) => options.Loss switch
    {
        LinearLoss.SquaredHinge => new SquaredHingeLanes(rows, squaredNorms, options),
        LinearLoss.Logistic => new LogisticLanes(rows, squaredNorms, options),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Loss, "expected a loss of the enumeration"),
    };

    private static (int[], float[]) Kept(LabelLanes lanes, int lane, int features, double prune)
    {
        var columns = new List<int>();
        var values = new List<float>();
        for (var feature = 0; feature < features; feature++)
        {
            var weight = lanes.Weight(feature, lane);
            if (weight != 0f && Math.Abs(weight) >= prune)
            {
                columns.Add(feature);
                values.Add(weight);
            }
        }
        return ([.. columns], [.. values]);
    }

    private static float[] SquaredNorms(CsrMatrix x)
    {
        var squares = new float[x.Rows];
        for (var row = 0; row < x.Rows; row++)
        {
            var square = 0.0;
            foreach (var value in x.RowValues(row))
                square += (double)value * value;
            squares[row] = (float)Math.Min(square, float.MaxValue);
        }
        return squares;
    }
}
