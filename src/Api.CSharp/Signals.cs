namespace Limen;

/// <summary>The signals that thresholds are fused from: one global, one local, or either alone.</summary>
public static class Signals
{
    private static readonly Core.FeatureKnnOptions Knn = Core.FeatureKnnOptionsModule.standard;

    /// <summary>Global: the label's rarity in the training rows.</summary>
    /// <param name="smoothing">How counts become rarity.</param>
    public static Signal Idf(IdfSmoothing smoothing = IdfSmoothing.AddOne) =>
        new(
            "IDF",
            smoothing switch
            {
                IdfSmoothing.None => Core.IdfSmoothing.NoSmoothing,
                IdfSmoothing.Normalised => Core.IdfSmoothing.Log1pNormalised,
                _ => Core.IdfSmoothing.AddOne,
            }
        );

    /// <summary>
    /// Local: the labels of the k training rows nearest to a row by the cosine of their features. Training rows do not vote on
    /// themselves, and no label of a row to predict is looked at.
    /// </summary>
    /// <param name="k">Neighbours of a row, at least 1.</param>
    /// <param name="power">A neighbour weighs cosine^power; at least 0. Default: 2.</param>
    /// <param name="floor">The least sum of weights that counts as evidence; at least 0. Default: 0.001.</param>
    public static Signal FeatureKnn(int k = 30, double? power = null, double? floor = null) =>
        new("feature-KNN", new Core.FeatureKnnOptions(k, power ?? Knn.Power, floor ?? Knn.Floor));
}
