namespace Limen;

/// <summary>
/// The losses that networks are trained with, all on margins m = z - theta with p = sigmoid(m). They add up:
/// <c>Losses.BceWithThreshold().Plus(0.1, Losses.Margin())</c>.
/// </summary>
public static class Losses
{
    /// <summary>Binary cross-entropy of p, the base of the paper's loss (arXiv 2505.03118).</summary>
    /// <param name="positiveWeight">What a positive weighs against a negative, above 0.</param>
    public static Loss BceWithThreshold(double positiveWeight = 1.0) =>
        positiveWeight == 1.0 ? new(Core.Bce.loss) : BceWithThreshold((_, _) => positiveWeight);

    /// <summary>Binary cross-entropy of p in which positives of each label have a weight of their own.</summary>
    /// <param name="positiveWeight">From the training rows and the label's positives among them to its weight, above
    /// 0.</param>
    public static Loss BceWithThreshold(Func<int, int, double> positiveWeight)
    {
        ArgumentNullException.ThrowIfNull(positiveWeight);
        return new(counts =>
        {
            float[] weights = [.. counts.Positives.Select(positives => (float)positiveWeight(counts.Rows, positives))];
            return Core.Bce.weighted(weights);
        });
    }

    /// <summary>The margin loss: 0 from a distance of delta to the threshold on, slope 1 inside.</summary>
    /// <param name="delta">Delta, in log-odds; above 0.</param>
    /// <param name="reading">Which distance is meant.</param>
    public static Loss Margin(double delta = 0.1, MarginReading reading = MarginReading.Symmetric) =>
        new(Core.Margin.loss(reading == MarginReading.Ranking ? Core.MarginReading.Ranking : Core.MarginReading.Symmetric, delta));

    /// <summary>Focal loss: pairs that are right already count for less.</summary>
    /// <param name="gamma">The exponent of 1 - p of the truth; at least 0, and 0 is cross-entropy.</param>
    public static Loss Focal(double gamma = 2.0) => new(Core.Focal.loss(gamma));

    /// <summary>Poly-1: cross-entropy plus epsilon times one minus the probability of the truth (https://arxiv.org/abs/2204.12511).</summary>
    /// <param name="epsilon">A finite number of at least -1; 0 is cross-entropy.</param>
    public static Loss Poly1(double epsilon = 1.0) => new(Core.Poly1.loss(epsilon));

    /// <summary>Asymmetric loss: focal with an exponent for each side, and easy negatives that cost nothing.</summary>
    /// <param name="gammaPositive">The exponent for positives, at least 0.</param>
    /// <param name="gammaNegative">The exponent for negatives, at least 0.</param>
    /// <param name="clip">Negatives with p up to this value cost nothing; in [0, 1).</param>
    public static Loss Asymmetric(double gammaPositive = 1.0, double gammaNegative = 4.0, double clip = 0.05)
    {
        var defaults = Core.Asymmetric.defaults;
        return new(Core.Asymmetric.loss(new(gammaPositive, gammaNegative, clip, defaults.Smallest, defaults.Weight)));
    }

    /// <summary>Cross-entropy with targets (1 - amount) y + amount / 2.</summary>
    /// <param name="amount">In [0, 1].</param>
    public static Loss LabelSmoothing(double amount = 0.1) =>
        new(Core.SmoothingModule.loss(Core.Smoothing.NewEven(amount)));

    /// <summary>Cross-entropy with targets 1 - positive and negative.</summary>
    /// <param name="positive">What is taken from positives; in [0, 1].</param>
    /// <param name="negative">What is given to negatives; in [0, 1].</param>
    public static Loss UnevenLabelSmoothing(double positive, double negative) =>
        new(Core.SmoothingModule.loss(Core.Smoothing.NewUneven(positive, negative)));

    /// <summary>Cross-entropy with targets (1 - amount) y + amount times the label's share of the training rows.</summary>
    /// <param name="amount">In [0, 1].</param>
    public static Loss PriorLabelSmoothing(double amount = 0.1) =>
        new(counts =>
        {
            float[] shares = [.. counts.Positives.Select(n => (float)n / Math.Max(1, counts.Rows))];
            return Core.SmoothingModule.loss(Core.Smoothing.NewPrior(amount, shares));
        });

    /// <summary>Cross-entropy that asks rare labels for a wider margin, c / n^(1/4) with n training rows.</summary>
    /// <param name="c">At least 0; 0 is cross-entropy.</param>
    public static Loss Ldam(double c = 3.0) => new(counts => Core.Ldam.loss(c, counts.Positives));

    /// <summary>Cross-entropy in which each label's positives weigh as much as its negatives.</summary>
    public static Loss BalancedBce() => new(counts => Core.Balanced.loss(counts.Rows, counts.Positives));

    /// <summary>One minus a soft F score.</summary>
    /// <param name="scope">Over what it is formed.</param>
    /// <param name="beta">beta of F-beta, above 0: larger weighs recall more.</param>
    /// <param name="smooth">Added to numerator and denominator, at least 0.</param>
    public static Loss Dice(LossScope scope = LossScope.PerLabel, double beta = 1.0, double smooth = 1e-3) =>
        new(Core.Dice.loss(new(Scope(scope), beta, smooth)));

    /// <summary>Every positive above every negative: softplus of the difference of their margins.</summary>
    /// <param name="scope">Which pairs are compared.</param>
    public static Loss Pairwise(LossScope scope = LossScope.PerLabel) => new(Core.Pairwise.loss(Scope(scope)));

    /// <summary>The labels of a row against each other through log-sum-exp.</summary>
    /// <param name="reading">Which of them.</param>
    public static Loss Softmax(SoftmaxReading reading = SoftmaxReading.Separated) =>
        new(
            Core.Softmax.loss(
                reading switch
                {
                    SoftmaxReading.Decoupled => Core.SoftmaxReading.Decoupled,
                    SoftmaxReading.Coupled => Core.SoftmaxReading.Coupled,
                    _ => Core.SoftmaxReading.Separated,
                }
            )
        );

    private static Core.LossScope Scope(LossScope scope) =>
        scope switch
        {
            LossScope.PerRow => Core.LossScope.PerRow,
            LossScope.Global => Core.LossScope.Global,
            _ => Core.LossScope.PerLabel,
        };
}
