namespace Limen;

/// <summary>All that a builder has been told, and how it becomes options of the core.</summary>
internal sealed record ModelSettings
{
    private static readonly Core.TrainingOptions TrainingDefaults = Core.TrainingOptionsModule.defaults;
    private static readonly Core.ModelOptions Defaults = Core.ModelOptionsModule.defaults;

    public IReadOnlyList<Signal> Signals { get; init; } = [Limen.Signals.Idf(), Limen.Signals.FeatureKnn()];

    public Loss Loss { get; init; } = Losses.BceWithThreshold().Plus(0.1, Losses.Margin(0.1));

    public IReadOnlyList<int> HiddenLayers { get; init; } = [.. Core.NetworkOptionsModule.defaults.Hidden];

    public double Dropout { get; init; } = Core.NetworkOptionsModule.defaults.Dropout;

    public int Epochs { get; init; } = TrainingDefaults.Epochs;

    public int? BatchSize { get; init; }

    public double LearningRate { get; init; } = TrainingDefaults.Optimiser.LearningRate;

    public int Patience { get; init; } = TrainingDefaults.Patience;

    public AlphaSharing Alpha { get; init; } = AlphaSharing.OneForAll();

    public LabelSampling LabelSampling { get; init; } = LabelSampling.All();

    public int Seed { get; init; } = 1;

    public IReadOnlyList<Scorer> Scorers { get; init; } = [Limen.Scorers.Perceptron()];

    public Decision Decision { get; init; } = Decisions.Fused();

    public ScoreCombination Combination { get; init; } = ScoreCombination.Stacked;

    public Objective Objective { get; init; } = Objectives.MacroPlusMicro();

    public Calibration? Calibration { get; init; }

    public int Candidates { get; init; } = Defaults.Candidates;

    public DecisionRows? DecisionRows { get; init; }

    public VectoriserOptions Vectoriser { get; init; } = new();

    public FeatureKind Features { get; init; } = FeatureKind.Values;

    /// <summary>
    /// How a network is trained. Without counts the loss stays out of the options: it is checked on its own.
    /// </summary>
    public Core.TrainingOptions Training(Loss? own, Core.Seed seed, LabelCounts? counts) =>
        new(
            Epochs,
            TrainingDefaults.Until,
            Interop.ToOption(BatchSize),
            new(LearningRate, TrainingDefaults.Optimiser.WeightDecay, TrainingDefaults.Optimiser.Schedule),
            TrainingDefaults.FusionRate,
            Patience,
            counts is { } known ? Checked((own ?? Loss).Resolve(known)) : TrainingDefaults.Loss,
            Alpha.Value,
            LabelSampling.Value,
            seed
        );

    /// <summary>How the decision is made, for an objective whose labels are known.</summary>
    public Core.DecisionOptions DecidedBy(Core.Objective objective) =>
        new(
            Combination == ScoreCombination.Average ? Core.Combination.Average : Core.Combination.Stacked,
            Decision.Rule,
            objective,
            Interop.ToOption(Calibration?.Options)
        );

    /// <summary>The options of a model of these labels, with the counts of its training rows.</summary>
    /// <exception cref="ModelConfigurationException">Something does not fit the labels.</exception>
    public Core.ModelOptions ToCore(Core.LabelSpace labels, LabelCounts counts)
    {
        string[] faults = [.. Objective.FaultsOf(labels)];
        return faults.Length == 0 ? Options(Objective.Resolve(labels), counts) : throw new ModelConfigurationException(faults);
    }

    /// <summary>Every fault that shows before the data are known.</summary>
    public string[] Faults() =>
        [
            .. Core
                .ModelOptionsModule.faults(Options(Core.Objective.MacroF1, null))
                .Concat(Signal.Faults(Signals))
                .Concat(Scorers.Select(scorer => scorer.Loss ?? Loss).Distinct().SelectMany(loss => loss.Faults()))
                .Concat(Decision.Faults())
                .Concat(Objective.Faults())
                .Concat(Core.VectoriserModule.faults(Vectoriser.ToCore()))
                .Distinct(),
        ];

    private Core.ModelOptions Options(Core.Objective objective, LabelCounts? counts) =>
        new(
            Interop.ToOption(Signal.GlobalOf(Signals)),
            Interop.ToOption(Signal.LocalOf(Signals)),
            Interop.ToList(Scorers.Select((scorer, i) => scorer.Resolve(this, ScorerSeed(i), counts))),
            DecidedBy(objective),
            Candidates,
            Interop.ToOption(DecisionRows?.Value),
            Interop.ToSeed(Seed)
        );

    /// <summary>The first scorer has the model's own seed; like scorers after it start elsewhere.</summary>
    private Core.Seed ScorerSeed(int index) =>
        index == 0 ? Interop.ToSeed(Seed) : Core.SeedModule.derive("scorer", index, Interop.ToSeed(Seed));

    private static Core.Loss Checked(Core.Loss loss)
    {
        string[] faults = [.. Core.LossModule.faults(loss)];
        return faults.Length == 0 ? loss : throw new ModelConfigurationException(faults.Select(fault => "loss: " + fault));
    }
}
