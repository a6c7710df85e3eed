using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;
using TensorModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Limen;

/// <summary>
/// The losses that networks are trained with, all on margins m = z - theta with p = sigmoid(m). They add up:
/// <c>Losses.BceWithThreshold().Plus(0.1, Losses.Margin())</c>.
/// </summary>
/// <example><code>Scorers.Perceptron(new() { Loss = Losses.Focal(2).Plus(0.1, Losses.Margin(0.1)) })</code></example>
public static class Losses
{
    /// <summary>Binary cross-entropy of p, the base of the paper's loss (arXiv 2505.03118).</summary>
    /// <param name="positiveWeight">What a positive weighs against a negative, above 0.</param>
    public static Loss BceWithThreshold(double positiveWeight = 1.0) =>
        positiveWeight == 1.0 ? Core.Bce.loss : BceWithThreshold((_, _) => positiveWeight);

    /// <summary>Binary cross-entropy of p in which positives of each label have a weight of their own.</summary>
    /// <param name="positiveWeight">From the training rows and the label's positives among them, in the rows' weights, to its weight, above 0.</param>
    public static Loss BceWithThreshold(Func<double, double, double> positiveWeight)
    {
        ArgumentNullException.ThrowIfNull(positiveWeight);
        return Core.Bce.weightedBy(positiveWeight.ToFunction());
    }

    /// <summary>The margin loss of the paper's words: 0 from a distance of delta to the threshold on, on either side, slope 1 inside.</summary>
    /// <param name="delta">Delta, in log-odds; above 0.</param>
    public static Loss Margin(double delta = 0.1) => Core.Margin.loss(Core.MarginForm.Symmetric, delta);

    /// <summary>The margin loss of the paper's code: 0 from a distance of delta on the right side of the threshold on, slope 1 elsewhere.</summary>
    /// <param name="delta">Delta, in log-odds; above 0.</param>
    public static Loss RankingMargin(double delta = 0.1) => Core.Margin.loss(Core.MarginForm.Ranking, delta);

    /// <summary>Focal loss: pairs that are right already count for less.</summary>
    /// <param name="gamma">The exponent of 1 - p of the truth; 0 to 100, and 0 is cross-entropy.</param>
    public static Loss Focal(double gamma = 2.0) => Core.Focal.loss(gamma);

    /// <summary>Poly-1: cross-entropy plus epsilon times one minus the probability of the truth (https://arxiv.org/abs/2204.12511).</summary>
    /// <param name="epsilon">A finite number of at least -1; 0 is cross-entropy.</param>
    public static Loss Poly1(double epsilon = 1.0) => Core.Poly1.loss(epsilon);

    /// <summary>Asymmetric loss: focal with an exponent for each side, and easy negatives that cost nothing.</summary>
    /// <param name="gammaPositive">The exponent for positives, 0 to 100.</param>
    /// <param name="gammaNegative">The exponent for negatives, 0 to 100.</param>
    /// <param name="clip">Negatives with p up to this value cost nothing; in [0, 1).</param>
    public static Loss Asymmetric(double gammaPositive = 1.0, double gammaNegative = 4.0, double clip = 0.05)
    {
        var defaults = Core.Asymmetric.defaults;
        return Core.Asymmetric.loss(new(gammaPositive, gammaNegative, clip, defaults.Smallest, defaults.Weight));
    }

    /// <summary>Cross-entropy with targets (1 - amount) y + amount / 2.</summary>
    /// <param name="amount">In [0, 1].</param>
    public static Loss LabelSmoothing(double amount = 0.1) => Core.SmoothingModule.loss(Core.Smoothing.NewEven(amount));

    /// <summary>Cross-entropy with targets 1 - positive and negative.</summary>
    /// <param name="positive">What is taken from positives; in [0, 1].</param>
    /// <param name="negative">What is given to negatives; in [0, 1].</param>
    public static Loss UnevenLabelSmoothing(double positive, double negative) =>
        Core.SmoothingModule.loss(Core.Smoothing.NewUneven(positive, negative));

    /// <summary>Cross-entropy with targets (1 - amount) y + amount times the label's share of the training rows.</summary>
    /// <param name="amount">In [0, 1].</param>
    public static Loss PriorLabelSmoothing(double amount = 0.1) => Core.SmoothingModule.towardsPrior(amount);

    /// <summary>Cross-entropy that asks rare labels for a wider margin, c / n^(1/4) with n training rows.</summary>
    /// <param name="c">At least 0; 0 is cross-entropy.</param>
    public static Loss Ldam(double c = 3.0) => Core.Ldam.loss(c);

    /// <summary>Cross-entropy in which each label's positives weigh as much as its negatives.</summary>
    public static Loss BalancedBce() => Core.Balanced.loss;

    /// <summary>One minus a soft F score.</summary>
    /// <param name="scope">Over what it is formed.</param>
    /// <param name="beta">beta of F-beta, above 0: larger weighs recall more.</param>
    /// <param name="smooth">Added to numerator and denominator, at least 0.</param>
    public static Loss Dice(LossScope scope = LossScope.PerLabel, double beta = 1.0, double smooth = 1e-3) =>
        Core.Dice.loss(new(scope, beta, smooth));

    /// <summary>Every positive above every negative: softplus of the difference of their margins.</summary>
    /// <param name="scope">Which pairs are compared.</param>
    public static Loss Pairwise(LossScope scope = LossScope.PerLabel) => Core.Pairwise.loss(scope);

    /// <summary>Log-sum-exp over the labels of a row, positives and negatives each against 0, which is their threshold (arXiv 2208.02955, 2407.17331).</summary>
    public static Loss Softmax() => Core.Softmax.loss(Core.SoftmaxForm.Separated);

    /// <summary>Log-sum-exp over the labels of a row, each positive against the negatives only (arXiv 2310.10636).</summary>
    public static Loss DecoupledSoftmax() => Core.Softmax.loss(Core.SoftmaxForm.Decoupled);

    /// <summary>Log-sum-exp over the labels of a row, each positive against all labels.</summary>
    public static Loss CoupledSoftmax() => Core.Softmax.loss(Core.SoftmaxForm.Coupled);

    /// <summary>
    /// The loss for a training loop of one's own: a module of torch.nn whose forward(input, target), with logits and truth [B, L], gives a scalar.
    /// Any device and floating-point type. Loads torch. Losses are best summed before (<c>Plus</c>, <c>Times</c>): TorchSharp's <c>a + b</c> and <c>0.1f * a</c> rest on
    /// numbers that nobody holds, and may fail or be wrong when the garbage collector comes by. Held by <c>using Scalar tenth = 0.1;</c> they are safe: <c>a.mul(tenth)</c>.
    /// </summary>
    /// <param name="loss">The loss.</param>
    /// <exception cref="InvalidOperationException">The loss depends on how often labels occur: give the counts.</exception>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    /// <example><code>using var loss = Losses.Asymmetric().AsModule();
    /// loss.call(network.call(x), y).backward();</code></example>
    public static TensorModule AsModule(this Loss loss) => new Core.LossModule(Checked(loss));

    /// <summary>The same for a loss that depends on how often labels occur.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="rows">N, the training rows.</param>
    /// <param name="positives">n_l [L], how many of them have each label.</param>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    public static TensorModule AsModule(this Loss loss, int rows, IReadOnlyList<int> positives) =>
        new Core.LossModule(Counted(loss, rows, positives));

    /// <summary>
    /// The loss of z - theta with thresholds that learn with it: forward(logits, local, target), all [B, L], gives a scalar; the module's parameters are
    /// the thresholds'. Any device and floating-point type. Loads torch.
    /// </summary>
    /// <param name="loss">The loss.</param>
    /// <param name="thresholds">The thresholds theta.</param>
    /// <exception cref="InvalidOperationException">The loss depends on how often labels occur: give the counts.</exception>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    public static torch.nn.Module<Tensor, Tensor, Tensor, Tensor> AsModule(this Loss loss, ThresholdModule thresholds) =>
        new Core.ThresholdLossModule(thresholds, Checked(loss));

    /// <summary>The same for a loss that depends on how often labels occur.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="thresholds">The thresholds theta.</param>
    /// <param name="rows">N, the training rows.</param>
    /// <param name="positives">n_l [L], how many of them have each label.</param>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    public static torch.nn.Module<Tensor, Tensor, Tensor, Tensor> AsModule(this Loss loss, ThresholdModule thresholds, int rows, IReadOnlyList<int> positives) =>
        new Core.ThresholdLossModule(thresholds, Counted(loss, rows, positives));

    private static Loss Checked(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        string[] faults = [.. Core.Loss.faults(loss)];
        return faults.Length == 0 ? loss : throw new ModelConfigurationException(faults.Select(fault => "loss: " + fault));
    }

    private static Loss Counted(Loss loss, int rows, IReadOnlyList<int> positives)
    {
        ArgumentNullException.ThrowIfNull(positives);
        return Core.Loss.counted(Core.LabelCountsModule.create(rows, [.. positives]), Checked(loss));
    }
}
