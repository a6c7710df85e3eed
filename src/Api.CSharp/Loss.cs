using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;
using TensorModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Limen;

/// <summary>A loss of the margins m = z - theta against the targets, as a value: see <see cref="Losses"/>.</summary>
public sealed class Loss
{
    /// <summary>What a loss is checked on before the data are known.</summary>
    private static readonly LabelCounts Sample = new(100, [10]);

    private readonly Func<LabelCounts, Core.Loss> resolve;
    private readonly bool needsCounts;

    /// <summary>A loss that depends on how often labels occur.</summary>
    internal Loss(Func<LabelCounts, Core.Loss> resolve)
        : this(resolve, needsCounts: true) { }

    internal Loss(Core.Loss loss)
        : this(_ => loss, needsCounts: false) { }

    private Loss(Func<LabelCounts, Core.Loss> resolve, bool needsCounts) => (this.resolve, this.needsCounts) = (resolve, needsCounts);

    /// <summary>This loss plus weight times the other.</summary>
    /// <param name="weight">A finite number of at least 0.</param>
    /// <param name="other">The loss to add.</param>
    public Loss Plus(double weight, Loss other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            counts => Core.LossModule.sum(Interop.ToList([Resolve(counts), Core.LossModule.scale(weight, other.Resolve(counts))])),
            needsCounts || other.needsCounts
        );
    }

    /// <summary>This loss plus the other.</summary>
    /// <param name="other">The loss to add.</param>
    public Loss Plus(Loss other) => Plus(1.0, other);

    /// <summary>This loss times a factor.</summary>
    /// <param name="factor">A finite number of at least 0.</param>
    public Loss Times(double factor) => new(counts => Core.LossModule.scale(factor, Resolve(counts)), needsCounts);

    /// <summary>
    /// The loss for a training loop of one's own: a module of torch.nn whose forward(input, target), with logits and truth [B, L], gives a scalar.
    /// Any device and floating-point type. Loads torch.
    /// </summary>
    /// <exception cref="InvalidOperationException">The loss depends on how often labels occur: give the counts.</exception>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    /// <example><code>using var loss = Losses.Asymmetric().AsModule();
    /// loss.call(network.call(x), y).backward();</code></example>
    public TensorModule AsModule() => new LossModule(Counted(null));

    /// <summary>The same for a loss that depends on how often labels occur.</summary>
    /// <param name="rows">N, the training rows.</param>
    /// <param name="positives">n_l [L], how many of them have each label.</param>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    public TensorModule AsModule(int rows, IReadOnlyList<int> positives) => new LossModule(Counted(Counts(rows, positives)));

    /// <summary>
    /// The loss of z - theta with thresholds that learn with it: forward(logits, local, target), all [B, L], gives a scalar; the module's parameters are
    /// the thresholds'. Any device and floating-point type. Loads torch.
    /// </summary>
    /// <param name="thresholds">The thresholds theta.</param>
    /// <exception cref="InvalidOperationException">The loss depends on how often labels occur: give the counts.</exception>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    public torch.nn.Module<Tensor, Tensor, Tensor, Tensor> AsModule(ThresholdModule thresholds) =>
        new ThresholdLossModule(thresholds, Counted(null));

    /// <summary>The same for a loss that depends on how often labels occur.</summary>
    /// <param name="thresholds">The thresholds theta.</param>
    /// <param name="rows">N, the training rows.</param>
    /// <param name="positives">n_l [L], how many of them have each label.</param>
    /// <exception cref="ModelConfigurationException">A number of the loss is out of its range.</exception>
    public torch.nn.Module<Tensor, Tensor, Tensor, Tensor> AsModule(ThresholdModule thresholds, int rows, IReadOnlyList<int> positives) =>
        new ThresholdLossModule(thresholds, Counted(Counts(rows, positives)));

    /// <summary>What the loss is made of.</summary>
    public override string ToString() => Core.LossModule.name(Resolve(Sample));

    internal Core.Loss Resolve(LabelCounts counts) => resolve(counts);

    internal IEnumerable<string> Faults() => Core.LossModule.faults(Resolve(Sample)).Select(fault => "loss: " + fault);

    private static LabelCounts Counts(int rows, IReadOnlyList<int> positives)
    {
        ArgumentNullException.ThrowIfNull(positives);
        return new(rows, [.. positives]);
    }

    /// <summary>The loss for known counts, checked.</summary>
    private Core.Loss Counted(LabelCounts? counts)
    {
        if (needsCounts && counts is null)
            throw new InvalidOperationException($"the loss {this} depends on how often labels occur: give AsModule the training rows and each label's positives");
        if (Faults().ToArray() is [_, ..] faults) throw new ModelConfigurationException(faults);
        return Resolve(counts ?? Sample);
    }
}
