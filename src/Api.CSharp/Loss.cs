namespace Limen;

/// <summary>A loss of the margins m = z - theta against the targets, as a value: see <see cref="Losses"/>.</summary>
public sealed class Loss
{
    /// <summary>What a loss is checked on before the data are known.</summary>
    private static readonly LabelCounts Sample = new(100, [10]);

    private readonly Func<LabelCounts, Core.Loss> resolve;

    internal Loss(Func<LabelCounts, Core.Loss> resolve) => this.resolve = resolve;

    internal Loss(Core.Loss loss)
        : this(_ => loss) { }

    /// <summary>This loss plus weight times the other.</summary>
    /// <param name="weight">A finite number of at least 0.</param>
    /// <param name="other">The loss to add.</param>
    public Loss Plus(double weight, Loss other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(counts =>
            Core.LossModule.sum(Interop.ToList([Resolve(counts), Core.LossModule.scale(weight, other.Resolve(counts))]))
        );
    }

    /// <summary>This loss plus the other.</summary>
    /// <param name="other">The loss to add.</param>
    public Loss Plus(Loss other) => Plus(1.0, other);

    /// <summary>This loss times a factor.</summary>
    /// <param name="factor">A finite number of at least 0.</param>
    public Loss Times(double factor) => new(counts => Core.LossModule.scale(factor, Resolve(counts)));

    /// <summary>What the loss is made of.</summary>
    public override string ToString() => Core.LossModule.name(Resolve(Sample));

    internal Core.Loss Resolve(LabelCounts counts) => resolve(counts);

    internal IEnumerable<string> Faults() => Core.LossModule.faults(Resolve(Sample)).Select(fault => "loss: " + fault);
}
