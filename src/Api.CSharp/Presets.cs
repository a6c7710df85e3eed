namespace Limen;

/// <summary>Settings that were chosen on validation rows of many data sets (docs/findings.md).</summary>
public static class Presets
{
    /// <summary>
    /// The strongest model of the library, the one behind the figures of the README and of <c>limen train</c>: both signals, perceptrons (four up to 10,000 rows, one
    /// above) stacked with one-vs-rest linear models, the fused decision; of texts words as terms, and a second view of characters or pairs of words for linear models.
    /// </summary>
    /// <param name="objective">What the decision is fitted for. Default: <see cref="Objectives.MacroPlusMicro"/> with its default weight.</param>
    /// <example><code>var model = Presets.Strong(Objectives.MacroF1()).Fit(train, validation);</code></example>
    public static AdaptiveThresholdModelBuilder Strong(Objective? objective = null)
    {
        var builder = AdaptiveThresholdModel
            .Builder()
            .WithScorers([.. Core.Presets.strong(objective ?? Objectives.MacroPlusMicro()).Scorers])
            .WithVectorisers([.. Core.Presets.vectorisers()]);
        return objective is null ? builder : builder.WithObjective(objective);
    }
}
