namespace Limen;

public sealed partial record ModelSettings
{
    /// <summary>A builder with these settings, to be changed further or to fit with.</summary>
    /// <exception cref="ModelConfigurationException">With every setting that is none.</exception>
    /// <example><code>var model = new ModelSettings { Scorers = ["linear"] }.Builder().Fit(train, validation);</code></example>
    public AdaptiveThresholdModelBuilder Builder()
    {
        Require(ValueFaults());
        List<string> faults = [];
        var builder = Presets.Strong();

        void Set(object? given, Func<AdaptiveThresholdModelBuilder, AdaptiveThresholdModelBuilder> with)
        {
            if (given is null) return;
            try
            {
                builder = with(builder);
            }
            catch (ModelConfigurationException e)
            {
                faults.AddRange(e.Faults);
            }
        }

        Set(Objective, b => b.WithObjective(Doors.Make<Objective>("objective", Objective!)));
        Set(Constrained, b => b.WithDecision(DecisionRule()));
        Set(AveragedScores is true ? AveragedScores : null, b => b.WithAveragedScores());
        Set(BoostedScores is true ? BoostedScores : null, b => AveragedScores is true ? throw ScoredTwice() : b.WithBoostedScores());
        Set(Calibration, b => b.WithCalibration(Doors.Make<Calibration>("calibration", Calibration!)));
        Set(DecisionRows, b => b.With(Doors.Make<Core.DecisionRows>("decisionRows", DecisionRows!)));
        Set(Signals, b => b.WithSignals(All<Signal>("signals", Signals!)));
        Set(Scorers, b => b.WithScorers(All<Scorer>("scorers", Scorers!)));
        Set(Network, b => Scorers is null ? b.WithScorers(StrongScorers()) : throw BesideScorers());
        Set(ViewScorers, b => b.WithViewScorers(All<Scorer>("viewScorers", ViewScorers!)));
        Set(LabelNames is true ? LabelNames : null, b => b.WithLabelNames());
        Set(Candidates, b => b.WithCandidates(Candidates!.Value));
        Set(Views ?? (object?)Vectoriser, b => b.WithVectorisers([.. Vectorisers()]));
        Set(Features, b => b.WithFeatures(Kind()));
        Set(Seed, b => b.WithSeed(Seed!.Value));
        return faults.Count == 0 ? builder : throw new ModelConfigurationException(faults.Distinct());
    }

    /// <summary>The rule with its constraints; Fused where none is named.</summary>
    internal Decision DecisionRule()
    {
        var rule = Decision is null ? Decisions.Fused() : Doors.Make<Decision>("decision", Decision);
        if (AtLeast is { } least) rule = rule.AtLeast(least);
        if (AtMost is { } most) rule = rule.AtMost(most);
        if (Only is not null) rule = rule.Only([.. Only]);
        if (Without is not null) rule = rule.Without([.. Without]);
        foreach (var (label, threshold) in Thresholds ?? new Dictionary<string, double>()) rule = rule.WithThreshold(label, threshold);
        foreach (var set in Exclusive ?? []) rule = rule.Exclusive([.. set]);
        return rule;
    }

    /// <summary>What is said of rule or constraints; null where nothing is.</summary>
    internal object? Constrained => (Decision ?? Only ?? Without ?? Exclusive ?? (object?)Thresholds) ?? AtLeast ?? AtMost;

    /// <summary>The objective that is named, or another where none is.</summary>
    internal Objective ObjectiveOr(Objective otherwise) => Objective is null ? otherwise : Doors.Make<Objective>("objective", Objective);

    private static T[] All<T>(string what, IReadOnlyList<string> written) => [.. written.Select(text => Doors.Make<T>(what, text))];

    private Scorer[] StrongScorers() =>
        [Limen.Scorers.Ensemble(Limen.Scorers.Perceptron(Doors.With("network", new PerceptronOptions(), Network!))), Limen.Scorers.Linear()];

    private static ModelConfigurationException BesideScorers() =>
        new(["network: expected it without scorers; give a perceptron its own values: \"perceptron(epochs=20)\""]);

    private static ModelConfigurationException ScoredTwice() => new(["averagedScores, boostedScores: expected one of them, received both"]);

    private IEnumerable<VectoriserOptions> Vectorisers()
    {
        var views = Views is null ? Core.Presets.vectorisers() : Views.Select(view => Doors.With("views", new VectoriserOptions(), view));
        return views.Select(view => Vectoriser is null ? view : Doors.With("vectoriser", view, Vectoriser));
    }

    private FeatureKind Kind() =>
        Enum.GetValues<FeatureKind>().Cast<FeatureKind?>().FirstOrDefault(kind => kind.ToString()!.Equals(Features, StringComparison.OrdinalIgnoreCase))
        ?? throw new ModelConfigurationException([$"features: expected one of {string.Join(", ", Enum.GetNames<FeatureKind>().Select(n => n.ToLowerInvariant()))}, received \"{Features}\""]);
}
