namespace Limen;

/// <summary>What a builder has been told; the defaults are the core's.</summary>
internal sealed record BuilderSettings
{
    private static readonly Core.ModelOptions Defaults = Core.ModelOptionsModule.defaults;

    public IReadOnlyList<Signal>? Signals { get; init; }
    public IReadOnlyList<Scorer>? Scorers { get; init; }
    public Loss? Loss { get; init; }
    public IReadOnlyList<int>? HiddenLayers { get; init; }
    public Decision Decision { get; init; } = Defaults.Decision.Rule;
    public Objective Objective { get; init; } = Defaults.Decision.Objective;
    public Core.ScoreCombination Combination { get; init; } = Defaults.Decision.Combination;
    public Calibration? Calibration { get; init; }
    public int Candidates { get; init; } = Defaults.Candidates;
    public Core.DecisionRows? DecisionRows { get; init; }
    public IReadOnlyList<VectoriserOptions> Vectorisers { get; init; } = [new()];
    public IReadOnlyList<Scorer>? ViewScorers { get; init; }
    public Core.LabelReading Labels { get; init; } = Defaults.Labels;
    public FeatureKind Features { get; init; }
    public int Seed { get; init; } = 1;
    public Core.WhenCancelled WhenCancelled { get; init; } = Defaults.WhenCancelled;
    public Core.CheckpointOptions? Checkpoints { get; init; }

    public Core.ModelOptions Options() =>
        new(
            Signals is null ? Defaults.Global : Signal.GlobalOf(Signals).ToOption(),
            Signals is null ? Defaults.Local : Signal.LocalOf(Signals).ToOption(),
            (Scorers ?? [Perceptron()]).ToFSharpList(),
            ViewScorers?.ToFSharpList() ?? Defaults.ViewScorers,
            Labels,
            new(Combination, Decision, Objective, (Calibration?.Options).ToOption()),
            Candidates,
            DecisionRows.ToOption(),
            WhenCancelled,
            Checkpoints.ToOption(),
            Seed.ToSeed()
        );

    /// <summary>Faults that only the builder can have; the core finds all others.</summary>
    public void ThrowIfContradictory()
    {
        string[] faults =
        [
            .. Signal.Faults(Signals ?? []),
            .. Beside(Loss is not null, "WithLoss", "Loss"),
            .. Beside(HiddenLayers is not null, "WithHiddenLayers", "HiddenLayers"),
        ];
        if (faults.Length > 0) throw new ModelConfigurationException([.. faults, .. Core.ModelOptionsModule.faults(Options())]);
    }

    private IEnumerable<string> Beside(bool isSet, string method, string property)
    {
        if (isSet && Scorers is not null)
            yield return $"{method}: expected it without WithScorers; give a perceptron its own: Scorers.Perceptron(new() {{ {property} = ... }})";
    }

    private Scorer Perceptron()
    {
        var options = new PerceptronOptions();
        if (Loss is not null) options.Loss = Loss;
        if (HiddenLayers is not null) options.HiddenLayers = HiddenLayers;
        return Limen.Scorers.Perceptron(options);
    }
}
