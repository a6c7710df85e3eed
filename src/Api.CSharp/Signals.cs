namespace Limen;

/// <summary>The signals that thresholds are fused from: one global, one local, or either alone.</summary>
public static class Signals
{
    private static readonly Core.FeatureKnnOptions Knn = Core.FeatureKnnOptionsModule.standard;

    /// <summary>Global: the label's rarity in the training rows.</summary>
    /// <param name="smooth">ln((N + 1) / (n + 1)) for a label in n of N rows, the default; else ln(N / n), where a label without rows counts as one with one.</param>
    public static Signal Idf(bool smooth = true) => new(Core.Idf.signal(smooth ? Core.IdfSmoothing.AddOne : Core.IdfSmoothing.None));

    /// <summary>Global: one over the effective number of a label's training rows, (1 - beta) / (1 - beta^n) (Cui et al. 2019).</summary>
    /// <param name="beta">At least 0 and below 1: the nearer to 1, the more a row counts beside many others.</param>
    public static Signal EffectiveNumber(double beta = 0.999) => new(Core.EffectiveNumber.signal(beta));

    /// <summary>
    /// Local: the labels of the k training rows nearest to a row by the cosine of their features. Training rows do not vote on themselves, and no label of a row to
    /// predict is looked at.
    /// </summary>
    /// <param name="k">Neighbours of a row, 1 to 10,000.</param>
    /// <param name="power">A neighbour weighs cosine^power; 0 to 100. Default: 2.</param>
    /// <param name="floor">The least sum of weights that counts as evidence; at least 0. Default: 0.001.</param>
    /// <example><code>AdaptiveThresholdModel.Builder().WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))</code></example>
    public static Signal FeatureKnn(int k = 30, double? power = null, double? floor = null) =>
        new(Core.FeatureKnnModule.signal(Neighbours(k, power, floor)));

    /// <summary>
    /// Local: the ML-kNN posterior of each label given how many of the k nearest training rows carry it (Zhang and Zhou 2007).
    /// </summary>
    /// <param name="k">Neighbours of a row, 1 to 10,000.</param>
    /// <param name="smoothing">Added to every count; above 0, at most 1e6.</param>
    public static Signal MlKnn(int k = 10, double smoothing = 1) => new(Core.MlKnnModule.signal(new Core.MlKnnOptions(k, smoothing)));

    /// <summary>
    /// Local: the labels of the clusters that a row is near to, by spherical k-means over the training rows (Dhillon and Modha 2001). Searches the centroids in the
    /// place of all training rows.
    /// </summary>
    /// <param name="k">Clusters, 1 to 65,536.</param>
    /// <param name="nearest">A row belongs to so many clusters, 1 to 10,000.</param>
    /// <param name="temperature">It belongs to each by exp(cosine / temperature); above 0.</param>
    public static Signal ClusterNeighbours(int? k = null, int? nearest = null, double? temperature = null)
    {
        var usual = Core.ClusterNeighboursModule.defaults;
        return new(
            Core.ClusterNeighboursModule.signal(
                new(k ?? usual.K, nearest ?? usual.Nearest, temperature ?? usual.Temperature, usual.Floor, usual.Iterations)
            )
        );
    }

    /// <summary>Local: the cosine of a row with the mean TF-IDF profile of each label.</summary>
    public static Signal TfIdf() => new(Core.TfIdfModule.signal(Core.TfIdfModule.defaults));

    /// <summary>
    /// Local: how well a label goes with the labels that a base scorer predicts, by the co-occurrences of the training rows.
    /// </summary>
    public static Signal LabelAgreement() => new(Core.LabelAgreementModule.signal(Core.LabelAgreementModule.defaults));

    /// <summary>
    /// Local: the labels of the k training rows whose label sets are nearest to what a base scorer predicts.
    /// </summary>
    /// <param name="k">Neighbours of a row, 1 to 10,000.</param>
    /// <param name="power">A neighbour weighs cosine^power; 0 to 100. Default: 2.</param>
    /// <param name="floor">The least sum of weights that counts as evidence; at least 0. Default: 0.001.</param>
    public static Signal LabelNeighbours(int k = 30, double? power = null, double? floor = null) =>
        new(Core.LabelNeighbours.signal(Neighbours(k, power, floor)));

    /// <summary>Local: label agreement by a trained sparse graph of labels.</summary>
    public static Signal LearnedGraph() => new(Core.LearnedGraphModule.signal(Core.LearnedGraphModule.defaults));

    /// <summary>Local: the sum of local signals, each times its weight.</summary>
    /// <param name="parts">Weights of at least 0 and local signals.</param>
    /// <exception cref="ArgumentException">A part is a global signal.</exception>
    public static Signal Weighted(params (double Weight, Signal Signal)[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return new(
            Core.WeightedSignalModule.signal(
                FSharpValues.ToFSharpList(
                    parts.Select(part =>
                        Tuple.Create(
                            (float)part.Weight,
                            part.Signal.Local ?? throw new ArgumentException($"expected local signals, received {part.Signal}", nameof(parts))
                        )
                    )
                )
            )
        );
    }

    private static Core.FeatureKnnOptions Neighbours(int k, double? power, double? floor) =>
        new(k, power ?? Knn.Power, floor ?? Knn.Floor);
}
