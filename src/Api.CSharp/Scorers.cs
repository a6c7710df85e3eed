namespace Limen;

/// <summary>The scorers of a model; the decision stacks several, and scorers of different kinds help each other.</summary>
public static class Scorers
{
    private static readonly Core.LinearOptions LinearDefaults = Core.LinearOptionsModule.standard;

    /// <summary>
    /// A multi-layer perceptron whose thresholds are learned with it. What is left out is taken from the builder: its hidden
    /// layers, dropout, loss, epochs, batch size, learning rate, patience and seed.
    /// </summary>
    /// <param name="hiddenLayers">Widths of one to three hidden layers.</param>
    /// <param name="dropout">The share of hidden units dropped in training, in [0, 1).</param>
    /// <param name="loss">What it is trained with.</param>
    /// <param name="seed">Of its weights, order and dropout.</param>
    public static Scorer Perceptron(IReadOnlyList<int>? hiddenLayers = null, double? dropout = null, Loss? loss = null, int? seed = null)
    {
        int[]? widths = hiddenLayers is null ? null : [.. hiddenLayers];
        return new(
            (settings, ownSeed, counts) =>
                Core.ScorerOptions.NewPerceptron(
                    new(Interop.ToList(widths ?? settings.HiddenLayers), dropout ?? settings.Dropout),
                    settings.Training(loss, seed is { } s ? Interop.ToSeed(s) : ownSeed, counts)
                ),
            loss
        );
    }

    /// <summary>
    /// One-vs-rest linear models over the features, each label's weights sparse: the strongest simple baseline of the
    /// field.
    /// </summary>
    /// <param name="loss">What they are trained with.</param>
    /// <param name="c">The cost of the losses against the squared norm of the weights; above 0.</param>
    /// <param name="tolerance">When a label's training ends; above 0. Default: 0.1.</param>
    /// <param name="passes">The most passes over the training rows; at least 1. Default: 30.</param>
    /// <param name="prune">Weights smaller than this are dropped; at least 0, and 0 keeps all. Default: 0.03.</param>
    public static Scorer Linear(
        LinearLoss loss = LinearLoss.SquaredHinge,
        double c = 1.0,
        double? tolerance = null,
        int? passes = null,
        double? prune = null
    ) =>
        new(
            (_, seed, _) =>
                Core.ScorerOptions.NewLinear(
                    new(
                        loss == LinearLoss.Logistic ? Kernels.LinearLoss.Logistic : Kernels.LinearLoss.SquaredHinge,
                        c,
                        tolerance ?? LinearDefaults.Tolerance,
                        passes ?? LinearDefaults.Passes,
                        prune ?? LinearDefaults.Prune,
                        seed
                    )
                )
        );
}
