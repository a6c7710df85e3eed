namespace Limen;

/// <summary>What gives rows a score for every label: see <see cref="Scorers"/>.</summary>
public sealed class Scorer
{
    private readonly Func<ModelSettings, Core.Seed, LabelCounts?, Core.ScorerOptions> resolve;

    internal Scorer(Func<ModelSettings, Core.Seed, LabelCounts?, Core.ScorerOptions> resolve, Loss? loss = null)
    {
        this.resolve = resolve;
        Loss = loss;
    }

    /// <summary>The loss of its own, where it has one.</summary>
    internal Loss? Loss { get; }

    /// <summary>Its options in a model of these settings; without counts, its loss stays out of them.</summary>
    internal Core.ScorerOptions Resolve(ModelSettings settings, Core.Seed seed, LabelCounts? counts) =>
        resolve(settings, seed, counts);
}
