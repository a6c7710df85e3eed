namespace Limen;

/// <summary>The scorers of a model; the decision stacks several, and scorers of different kinds help each other.</summary>
/// <example><code>AdaptiveThresholdModel.Builder().WithScorers(Scorers.Perceptron(new() { HiddenLayers = [256] }), Scorers.Linear())</code></example>
public static class Scorers
{
    private static readonly Core.LinearOptions LinearDefaults = Core.LinearOptionsModule.standard;

    /// <summary>A multi-layer perceptron whose thresholds are learned with it.</summary>
    /// <param name="options">Its settings; null: the default ones.</param>
    public static Scorer Perceptron(PerceptronOptions? options = null) => Core.Perceptron.scorer(options ?? new PerceptronOptions());

    /// <summary>
    /// One-vs-rest linear support vector machines with the squared hinge loss, each label's weights sparse: the strongest simple baseline of the field.
    /// </summary>
    /// <param name="c">The cost of the losses against the squared norm of the weights; above 0, at most 1e9.</param>
    /// <param name="tolerance">When a label's training ends; above 0. Default: 0.1.</param>
    /// <param name="passes">The most passes over the training rows; 1 to 100,000. Default: 30.</param>
    /// <param name="prune">Weights smaller than this are dropped; at least 0, and 0 keeps all. Default: 0.03.</param>
    public static Scorer Linear(double c = 1.0, double? tolerance = null, int? passes = null, double? prune = null) =>
        Linear(Kernels.LinearLoss.SquaredHinge, c, tolerance, passes, prune);

    /// <summary>One-vs-rest logistic regression, each label's weights sparse.</summary>
    /// <param name="c">The cost of the losses against the squared norm of the weights; above 0, at most 1e9.</param>
    /// <param name="tolerance">When a label's training ends; above 0. Default: 0.1.</param>
    /// <param name="passes">The most passes over the training rows; 1 to 100,000. Default: 30.</param>
    /// <param name="prune">Weights smaller than this are dropped; at least 0, and 0 keeps all. Default: 0.03.</param>
    public static Scorer LogisticRegression(double c = 1.0, double? tolerance = null, int? passes = null, double? prune = null) =>
        Linear(Kernels.LinearLoss.Logistic, c, tolerance, passes, prune);

    /// <summary>
    /// One-vs-rest Gaussian naive Bayes with pooled variances, for dense rows (measurements, vectors): in closed form, the quickest of all. Takes as many numbers as
    /// there are labels times features.
    /// </summary>
    public static Scorer GaussianNaiveBayes() => Core.GaussianNaiveBayesModule.scorer;

    /// <summary>
    /// The mean of several scorers of one kind, fitted from other seeds: what a single training owes to chance mostly cancels. It costs as many trainings.
    /// </summary>
    /// <param name="scorer">What is fitted.</param>
    /// <param name="members">How many, 1 to 100; null: four up to 10,000 training rows, one above.</param>
    /// <example><code>Scorers.Ensemble(Scorers.Perceptron(), members: 4)</code></example>
    public static Scorer Ensemble(Scorer scorer, int? members = null) =>
        Core.Ensemble.scorer(members.ToOption(), Given.One(scorer));

    /// <summary>
    /// One-vs-rest support vector machines with a Gaussian kernel to some of the training rows, the landmarks, for dense rows. Takes as many numbers as there are landmarks times features and labels.
    /// </summary>
    /// <param name="landmarks">Training rows that others are compared with; 1 to 65,536.</param>
    /// <param name="sharpness">The kernel falls to 1/e at the median squared distance of landmarks divided by this; above 0, at most 1e6.</param>
    /// <param name="c">The cost of the losses against the squared norm of the function; above 0, at most 1e9.</param>
    public static Scorer Nystrom(int landmarks = 500, double sharpness = 2.0, double c = 0.3) =>
        Core.NystromModule.scorer(new(landmarks, sharpness, c));

    private static Scorer Linear(Kernels.LinearLoss loss, double c, double? tolerance, int? passes, double? prune) =>
        Core.Linear.scorer(
            new(
                loss,
                c,
                tolerance ?? LinearDefaults.Tolerance,
                passes ?? LinearDefaults.Passes,
                prune ?? LinearDefaults.Prune,
                LinearDefaults.Seed
            )
        );
}
