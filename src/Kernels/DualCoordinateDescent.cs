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
    /// <param name="x">Features X [N, D].</param>
    /// <param name="y">Label sets Y [N, L]: a stored entry is a positive row.</param>
    /// <param name="options">Loss, cost, tolerance and limits.</param>
    /// <param name="progress">Called with the share of the labels that are done, ascending; from any thread, one call at a time.</param>
    /// <param name="cancellation">Honoured between groups of labels.</param>
    /// <exception cref="ArgumentException">X and Y have different numbers of rows, or X more than 134,217,722 features or 134,217,724 rows.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static LinearWeights Fit(CsrMatrix x, CsrMatrix y, DualOptions options, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Rows != y.Rows)
            throw new ArgumentException($"expected labels [N, L] with N = {x.Rows}, received [{y.Rows}, {y.Columns}]", nameof(y));
        if (x.Columns > LabelLanes.MostFeatures || x.Rows > LabelLanes.MostRows)
            throw new ArgumentException(
                $"expected features [N, D] of at most {LabelLanes.MostFeatures} features and {LabelLanes.MostRows} rows, received [{x.Rows}, {x.Columns}]", nameof(x));
        var positives = Transposed.Of(y);
        int Support(int label) => positives.RowStart[label + 1] - positives.RowStart[label];
        var labels = Enumerable.Range(0, y.Columns).Where(label => Support(label) > 0).OrderByDescending(Support).ToArray();
        var squaredNorms = SquaredNorms(x);
        var orders = new RowOrders(x.Rows, options.Seed);
        var weights = new (int[], float[])[y.Columns];
        Array.Fill(weights, ([], []));
        var bias = new float[y.Columns];
        Array.Fill(bias, AbsentBias);
        var idle = new ConcurrentBag<LabelLanes>();
        var done = 0;
        var gate = new Lock();
        RowChunks.For(labels.Length, LabelLanes.Width, (from, to) =>
        {
            if (cancellation.IsCancellationRequested)
                return;
            if (!idle.TryTake(out var lanes))
                lanes = Lanes(x, squaredNorms, options);
            var group = labels.AsSpan(from, to - from);
            lanes.Train(positives, group, orders);
            for (var lane = 0; lane < group.Length; lane++)
            {
                weights[group[lane]] = Kept(lanes, lane, x.Columns, options.Prune);
                bias[group[lane]] = lanes.Weight(x.Columns, lane) * (float)options.Bias;
            }
            idle.Add(lanes);
            lock (gate)
                progress((done += to - from) / (double)labels.Length);
        });
        cancellation.ThrowIfCancellationRequested();
        return new LinearWeights(RowChunks.Assemble(x.Columns, weights), bias);
    }

    private static LabelLanes Lanes(CsrMatrix x, float[] squaredNorms, DualOptions options) => options.Loss switch
    {
        LinearLoss.SquaredHinge => new SquaredHingeLanes(x, squaredNorms, options),
        LinearLoss.Logistic => new LogisticLanes(x, squaredNorms, options),
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
            squares[row] = (float)square;
        }
        return squares;
    }
}
