namespace Limen;

/// <summary>
/// Settings of a model; start with <see cref="AdaptiveThresholdModel.Builder"/>. Immutable: each method gives a new
/// builder, so that several can branch off one.
/// </summary>
public sealed class AdaptiveThresholdModelBuilder
{
    private readonly ModelSettings settings;

    internal AdaptiveThresholdModelBuilder(ModelSettings settings) => this.settings = settings;

    /// <summary>
    /// What thresholds are fused from: at most one global and one local signal; none for static thresholds. Default:
    /// both.
    /// </summary>
    /// <param name="signals">Of <see cref="Signals"/>.</param>
    public AdaptiveThresholdModelBuilder WithSignals(params Signal[] signals) =>
        With(settings with { Signals = Given.All(signals) });

    /// <summary>What networks are trained with. Default: <c>BceWithThreshold().Plus(0.1, Margin(0.1))</c>.</summary>
    /// <param name="loss">Of <see cref="Losses"/>.</param>
    public AdaptiveThresholdModelBuilder WithLoss(Loss loss) => With(settings with { Loss = Given.One(loss) });

    /// <summary>Widths of the network's one to three hidden layers. Default: 512.</summary>
    /// <param name="widths">Each at least 1.</param>
    public AdaptiveThresholdModelBuilder WithHiddenLayers(params int[] widths) =>
        With(settings with { HiddenLayers = Given.All(widths) });

    /// <summary>The share of hidden units that training drops, in [0, 1). Default: 0.4.</summary>
    /// <param name="share">In [0, 1).</param>
    public AdaptiveThresholdModelBuilder WithDropout(double share) => With(settings with { Dropout = share });

    /// <summary>Passes over the training rows; early stopping may end before. Default: 15.</summary>
    /// <param name="epochs">At least 1.</param>
    public AdaptiveThresholdModelBuilder WithEpochs(int epochs) => With(settings with { Epochs = epochs });

    /// <summary>Rows of a training step. Default: 256, less where there are few rows.</summary>
    /// <param name="rows">At least 1.</param>
    public AdaptiveThresholdModelBuilder WithBatchSize(int rows) => With(settings with { BatchSize = rows });

    /// <summary>AdamW's learning rate, which falls linearly to 0. Default: 0.002.</summary>
    /// <param name="rate">Above 0.</param>
    public AdaptiveThresholdModelBuilder WithLearningRate(double rate) => With(settings with { LearningRate = rate });

    /// <summary>Epochs without a better validation score before training ends. Default: 3.</summary>
    /// <param name="epochs">At least 1.</param>
    public AdaptiveThresholdModelBuilder WithPatience(int epochs) => With(settings with { Patience = epochs });

    /// <summary>
    /// Which labels share the weight of rarity in the thresholds that networks learn. Default: all of them.
    /// </summary>
    /// <param name="sharing">Which way.</param>
    public AdaptiveThresholdModelBuilder WithAlpha(AlphaSharing sharing) =>
        With(settings with { Alpha = Given.One(sharing) });

    /// <summary>Which labels networks learn in each step. Default: all of them; a shortlist is faster where there are thousands.</summary>
    /// <param name="sampling">Which.</param>
    public AdaptiveThresholdModelBuilder WithLabelSampling(LabelSampling sampling) =>
        With(settings with { LabelSampling = Given.One(sampling) });

    /// <summary>Determines all that is random: the same seed on the same rows gives the same model. Default: 1.</summary>
    /// <param name="seed">Any number.</param>
    public AdaptiveThresholdModelBuilder WithSeed(int seed) => With(settings with { Seed = seed });

    /// <summary>What gives the scores. Default: one perceptron.</summary>
    /// <param name="scorers">Of <see cref="Scorers"/>, at least one.</param>
    public AdaptiveThresholdModelBuilder WithScorers(params Scorer[] scorers) =>
        With(settings with { Scorers = Given.All(scorers) });

    /// <summary>How scores become label sets. Default: <see cref="Decisions.Fused"/>.</summary>
    /// <param name="decision">Of <see cref="Decisions"/>.</param>
    public AdaptiveThresholdModelBuilder WithDecision(Decision decision) =>
        With(settings with { Decision = Given.One(decision) });

    /// <summary>What the decision is fitted for. Default: <see cref="Objectives.MacroPlusMicro"/> with its default weight.</summary>
    /// <param name="objective">Of <see cref="Objectives"/>.</param>
    public AdaptiveThresholdModelBuilder WithObjective(Objective objective) =>
        With(settings with { Objective = Given.One(objective) });

    /// <summary>How scorers and signals become one score. Default: <see cref="ScoreCombination.Stacked"/>.</summary>
    /// <param name="combination">Which way.</param>
    public AdaptiveThresholdModelBuilder WithCombination(ScoreCombination combination) =>
        With(settings with { Combination = combination });

    /// <summary>
    /// How scores become probabilities, fitted on the rows of the decision. Default: a probability is the sigmoid of the
    /// score. <see cref="AdaptiveThresholdModel.WithCalibration"/> calibrates on rows of their own.
    /// </summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    public AdaptiveThresholdModelBuilder WithCalibration(Calibration calibration) =>
        With(settings with { Calibration = Given.One(calibration) });

    /// <summary>
    /// Labels that each scorer proposes for a row; besides, only those that the neighbours carry can be predicted.
    /// Default: 60.
    /// </summary>
    /// <param name="labels">At least 1.</param>
    public AdaptiveThresholdModelBuilder WithCandidates(int labels) => With(settings with { Candidates = labels });

    /// <summary>
    /// Which rows the decision is fitted on where no validation rows are given. Default: cross-fitted in five folds up
    /// to 10,000 training rows, a tenth of them held out above.
    /// </summary>
    /// <param name="rows">Which way.</param>
    public AdaptiveThresholdModelBuilder WithDecisionRows(DecisionRows rows) =>
        With(settings with { DecisionRows = Given.One(rows) });

    /// <summary>How texts become features.</summary>
    /// <param name="options">The options.</param>
    public AdaptiveThresholdModelBuilder WithVectoriser(VectoriserOptions options) =>
        With(settings with { Vectoriser = Given.One(options) });

    /// <summary>What the values of sparse features are. Default: <see cref="FeatureKind.Values"/>.</summary>
    /// <param name="kind">Which kind.</param>
    public AdaptiveThresholdModelBuilder WithFeatures(FeatureKind kind) => With(settings with { Features = kind });

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ModelConfigurationException">With every fault, not the first.</exception>
    public AdaptiveThresholdTrainer Build() =>
        settings.Faults() is { Length: > 0 } faults
            ? throw new ModelConfigurationException(faults)
            : new AdaptiveThresholdTrainer(settings);

    private static AdaptiveThresholdModelBuilder With(ModelSettings settings) => new(settings);
}
