namespace Limen;

/// <summary>
/// Settings of a model; start with <see cref="AdaptiveThresholdModel.Builder"/>. Immutable: each method gives a new builder, so that several can branch off one.
/// What concerns a single signal, scorer or rule is set where that is made: <see cref="Signals"/>, <see cref="Scorers"/>, <see cref="Decisions"/>.
/// </summary>
/// <example><code>
/// var model = AdaptiveThresholdModel.Builder()
///     .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))
///     .WithScorers(Scorers.Perceptron(new() { HiddenLayers = [256], Loss = Losses.Focal() }), Scorers.Linear())
///     .WithDecision(Decisions.Fused().AtMost(5))
///     .WithSeed(1)
///     .Fit(train, validation, progress, cancellationToken);
/// </code></example>
public sealed class AdaptiveThresholdModelBuilder
{
    private readonly BuilderSettings settings;

    internal AdaptiveThresholdModelBuilder()
        : this(new BuilderSettings()) { }

    private AdaptiveThresholdModelBuilder(BuilderSettings settings) => this.settings = settings;

    /// <summary>What thresholds are fused from: at most one global and one local signal; none for static thresholds. Default: both.</summary>
    /// <param name="signals">Of <see cref="Signals"/>.</param>
    /// <example><code>builder.WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 100))</code></example>
    public AdaptiveThresholdModelBuilder WithSignals(params Signal[] signals) => new(settings with { Signals = Given.All(signals) });

    /// <summary>What gives the scores. Default: one perceptron.</summary>
    /// <param name="scorers">Of <see cref="Scorers"/>, at least one.</param>
    /// <example><code>builder.WithScorers(Scorers.Perceptron(), Scorers.Linear(c: 0.5))</code></example>
    public AdaptiveThresholdModelBuilder WithScorers(params Scorer[] scorers) => new(settings with { Scorers = Given.All(scorers) });

    /// <summary>
    /// What the one perceptron is trained with: short for <c>WithScorers(Scorers.Perceptron(new() { Loss = ... }))</c>; beside WithScorers it is a fault.
    /// </summary>
    /// <param name="loss">Of <see cref="Losses"/>.</param>
    /// <example><code>builder.WithLoss(Losses.Focal(gamma: 2).Plus(0.1, Losses.Margin()))</code></example>
    public AdaptiveThresholdModelBuilder WithLoss(Loss loss) => new(settings with { Loss = Given.One(loss) });

    /// <summary>
    /// Widths of the one perceptron's hidden layers: short for <c>WithScorers(Scorers.Perceptron(new() { HiddenLayers = [...] }))</c>; beside WithScorers it is a
    /// fault.
    /// </summary>
    /// <param name="widths">One to three, each 1 to 65,536.</param>
    /// <example><code>builder.WithHiddenLayers(512, 256)</code></example>
    public AdaptiveThresholdModelBuilder WithHiddenLayers(params int[] widths) => new(settings with { HiddenLayers = Given.All(widths) });

    /// <summary>How scores become label sets. Default: <see cref="Decisions.Fused"/>.</summary>
    /// <param name="decision">Of <see cref="Decisions"/>.</param>
    /// <example><code>builder.WithDecision(Decisions.SCut().AtMost(5).Without("obsolete"))</code></example>
    public AdaptiveThresholdModelBuilder WithDecision(Decision decision) => new(settings with { Decision = Given.One(decision) });

    /// <summary>What the decision is fitted for. Default: <see cref="Objectives.MacroPlusMicro"/> with its default weight.</summary>
    /// <param name="objective">Of <see cref="Objectives"/>.</param>
    /// <example><code>builder.WithObjective(Objectives.MacroF1())</code></example>
    public AdaptiveThresholdModelBuilder WithObjective(Objective objective) => new(settings with { Objective = Given.One(objective) });

    /// <summary>
    /// One score by the mean of the scorers' margins. Default: a small logistic model over margins, local signal and rarity, fitted on held-out rows.
    /// </summary>
    /// <example><code>builder.WithAveragedScores()</code></example>
    public AdaptiveThresholdModelBuilder WithAveragedScores() => new(settings with { Combination = Core.ScoreCombination.Average });

    /// <summary>
    /// One score by the small logistic model and, where held-out rows support them, trees of the same evidence that all labels share: for several thousand held-out rows. A score stays the sum
    /// of its parts, and raising a scorer's margin never lowers it (docs/findings.md, Fusion that is not linear).
    /// </summary>
    public AdaptiveThresholdModelBuilder WithBoostedScores() => new(settings with { Combination = Core.ScoreCombination.Boosted });

    /// <summary>
    /// How scores become probabilities, fitted on the rows of the decision. Default: a probability is the sigmoid of the score.
    /// <see cref="AdaptiveThresholdModel.WithCalibration"/> calibrates on rows of their own.
    /// </summary>
    /// <param name="calibration">Of <see cref="Calibrations"/>.</param>
    /// <example><code>builder.WithCalibration(Calibrations.Platt(eachLabel: 20))</code></example>
    public AdaptiveThresholdModelBuilder WithCalibration(Calibration calibration) => new(settings with { Calibration = Given.One(calibration) });

    /// <summary>
    /// Labels that each scorer proposes for a row; besides, only those that the neighbours carry can be predicted. Default: 60.
    /// </summary>
    /// <param name="labels">At least 1.</param>
    /// <example><code>builder.WithCandidates(200)</code></example>
    public AdaptiveThresholdModelBuilder WithCandidates(int labels) => new(settings with { Candidates = labels });

    /// <summary>
    /// The decision is fitted on all rows, training and validation rows alike, each scored by a model that was fitted without its fold. The default up to 10,000
    /// rows, with five folds, and repeated where rows and labels are few: as often as 10,000 rows and a million pairs of rows and labels go into those given, 20 times at most.
    /// </summary>
    /// <param name="folds">At least 2; the cost is that of folds x repeats fits, and one more.</param>
    /// <param name="repeats">1 to 100: how often the rows are parted into folds. Each row is scored as often, and the decision rests on all its scores: label sets then depend less on the seed.</param>
    /// <example><code>builder.WithCrossFit(5).Fit(train)</code></example>
    public AdaptiveThresholdModelBuilder WithCrossFit(int folds = 5, int repeats = 1) =>
        new(settings with { DecisionRows = Core.DecisionRows.NewCrossFit(folds, repeats) });

    /// <summary>
    /// The decision is fitted on a share of all rows, training and validation rows alike, which signals and scorers then do without. The default above 10,000 rows
    /// with fewer than 1,000 validation rows, with a tenth.
    /// </summary>
    /// <param name="share">Above 0 and below 1.</param>
    /// <example><code>builder.WithHoldOut(0.2).Fit(train)</code></example>
    public AdaptiveThresholdModelBuilder WithHoldOut(double share = 0.1) => new(settings with { DecisionRows = Core.DecisionRows.NewHoldOut(share) });

    /// <summary>
    /// The decision is fitted on the validation rows, and signals and scorers never learn from them: the protocol of published comparisons.
    /// </summary>
    /// <example><code>builder.WithValidationOnly().Fit(train, validation)</code></example>
    public AdaptiveThresholdModelBuilder WithValidationOnly() => new(settings with { DecisionRows = Core.DecisionRows.ValidationOnly });

    /// <summary>
    /// The decision is fitted on the validation rows, then signals and scorers are fitted again on all rows. The default above 10,000 rows with 1,000 validation
    /// rows or more.
    /// </summary>
    /// <example><code>builder.WithValidationThenAll().Fit(train, validation)</code></example>
    public AdaptiveThresholdModelBuilder WithValidationThenAll() => new(settings with { DecisionRows = Core.DecisionRows.ValidationThenAll });

    internal AdaptiveThresholdModelBuilder With(Core.DecisionRows rows) => new(settings with { DecisionRows = rows });

    /// <summary>How texts become features.</summary>
    /// <param name="options">The options.</param>
    /// <example><code>builder.WithVectoriser(new() { MinDocumentFrequency = 1, LongestTerm = 2 })</code></example>
    public AdaptiveThresholdModelBuilder WithVectoriser(VectoriserOptions options) => WithVectorisers(options);

    /// <summary>
    /// How texts become several views, say words beside pairs of words. Scorers and signals read the first, the view scorers each further one, and the decision stacks
    /// them all.
    /// </summary>
    /// <param name="options">The options of each view, at least one.</param>
    /// <example><code>builder.WithVectorisers(new() { LongestTerm = 1 }, new() { LongestTerm = 2, MinDocumentFrequency = 5 })</code></example>
    public AdaptiveThresholdModelBuilder WithVectorisers(params VectoriserOptions[] options) =>
        new(settings with { Vectorisers = [.. Given.All(options).Select(o => o.Copy())] });

    /// <summary>What reads each view after the first, and each block of rows beside the first. Default: linear models.</summary>
    /// <param name="scorers">Of <see cref="Scorers"/>; none where further views are to be read by nothing.</param>
    /// <example><code>builder.WithViewScorers(Scorers.Linear(), Scorers.LogisticRegression())</code></example>
    public AdaptiveThresholdModelBuilder WithViewScorers(params Scorer[] scorers) => new(settings with { ViewScorers = Given.All(scorers) });

    /// <summary>
    /// All scorers learn from a label's name as from a text of that label which counts as three rows, and one scorer more says how much of each name stands in a text: for labels
    /// that few texts or none have, and whose names say what they mean (docs/text.md). Words with a digit are identifiers and left out, so "2457 common transport policy" is three words. Default: labels are identifiers, and nothing
    /// is read from them. Fitting throws <see cref="ModelConfigurationException"/> where rows have no text.
    /// </summary>
    /// <example><code>builder.WithLabelNames().Fit(train, validation)</code></example>
    public AdaptiveThresholdModelBuilder WithLabelNames() => new(settings with { Labels = Core.LabelReading.Name });

    /// <summary>What the numbers of feature rows are. Default: <see cref="FeatureKind.Automatic"/>.</summary>
    /// <param name="kind">Which kind.</param>
    /// <example><code>builder.WithFeatures(FeatureKind.Measurements)</code></example>
    public AdaptiveThresholdModelBuilder WithFeatures(FeatureKind kind) => new(settings with { Features = kind });

    /// <summary>
    /// A cancelled fit gives the best model so far, where there is one, in the place of <see cref="OperationCanceledException"/>. There is one as soon as every scorer of
    /// the first fit (of the first fold, where there are folds) is whole: a network from its first epoch on, with its best one, every other scorer when it is done.
    /// The decision is then still fitted on held-out rows, which takes its time.
    /// </summary>
    /// <example><code>builder.WithBestSoFarWhenCancelled().Fit(train, validation, cancellationToken: cancellationToken)</code></example>
    public AdaptiveThresholdModelBuilder WithBestSoFarWhenCancelled() => new(settings with { WhenCancelled = Core.WhenCancelled.BestSoFar });

    /// <summary>
    /// A fit leaves what it has finished in a folder, and one of the same settings and rows with the same folder goes on from there: after a crash, a kill or a
    /// cancellation, to the very model of a fit that did not end early. The folder stays when the fit is done, until the model is saved and it is deleted.
    /// </summary>
    /// <param name="folder">Empty or not there yet, or left by a fit of the same settings and rows: one of others is refused, naming what differs.</param>
    /// <param name="every">The most that is lost of the work on its way; null: 60 seconds.</param>
    /// <example><code>
    /// var model = AdaptiveThresholdModel.Builder().WithCheckpoints("runs/tickets").Fit(train);
    /// model.Save("models/tickets");
    /// Directory.Delete("runs/tickets", recursive: true);
    /// </code></example>
    public AdaptiveThresholdModelBuilder WithCheckpoints(string folder, TimeSpan? every = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var options = Core.CheckpointFolder.defaults(folder);
        return new(settings with { Checkpoints = new Core.CheckpointOptions(folder, every ?? options.Every) });
    }

    /// <summary>Determines all that is random: the same seed on the same rows gives the same model. Default: 1.</summary>
    /// <param name="seed">Any number.</param>
    /// <example><code>builder.WithSeed(7)</code></example>
    public AdaptiveThresholdModelBuilder WithSeed(int seed) => new(settings with { Seed = seed });

    /// <summary>
    /// Fits a model: signals, scorers, and the decision on scores of rows that these had not seen. The model knows the labels of training and validation rows and, where
    /// not told otherwise, learns from both (<see cref="WithCrossFit"/>, <see cref="WithValidationThenAll"/>, <see cref="WithHoldOut"/>, <see cref="WithValidationOnly"/>).
    /// </summary>
    /// <param name="train">Texts or features with their labels.</param>
    /// <param name="validation">Held-out rows of the same kind; null: as <see cref="WithCrossFit"/> and <see cref="WithHoldOut"/> say.</param>
    /// <param name="progress">Is told where the fit stands; the last report says that all is done.</param>
    /// <param name="cancellationToken">Ends the fit soon, in every stage, with <see cref="OperationCanceledException"/>; see <see cref="WithBestSoFarWhenCancelled"/>.</param>
    /// <exception cref="ArgumentException">No training row, or validation rows of another kind.</exception>
    /// <exception cref="ModelConfigurationException">Every fault of the settings, before any work begins; or texts without a term that is frequent
    /// enough.</exception>
    /// <exception cref="TrainingDivergedException">
    /// A value was not finite in the first epoch; the message says step and quantity. Later the best epoch stays, and the model's warnings say both.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and there is no model so far or it was not asked for.</exception>
    /// <example><code>var model = builder.Fit(train, validation, new Progress&lt;TrainingProgress&gt;(p =&gt; Console.WriteLine(p.Stage)));</code></example>
    public AdaptiveThresholdModel Fit(
        MultiLabelDataset train,
        MultiLabelDataset? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        settings.ThrowIfContradictory();
        return new(
            Core.Pipeline.fit(
                settings.Options(),
                settings.Vectorisers.ToFSharpList(),
                settings.Features,
                train.Labelled,
                validation?.Labelled.ToOption(),
                FSharpValues.ToFunction<TrainingProgress>(p => progress?.Report(p)),
                cancellationToken
            )
        );
    }

    /// <summary>As <see cref="Fit"/>, on the thread pool: the caller goes on meanwhile.</summary>
    /// <param name="train">As <see cref="Fit"/>.</param>
    /// <param name="validation">As <see cref="Fit"/>.</param>
    /// <param name="progress">As <see cref="Fit"/>; it is told on other threads.</param>
    /// <param name="cancellationToken">As <see cref="Fit"/>: the task is then cancelled.</param>
    /// <exception cref="ArgumentException">As <see cref="Fit"/>, when awaited; so are its other exceptions.</exception>
    /// <example><code>var model = await builder.FitAsync(train, validation, cancellationToken: cancellationToken);</code></example>
    public Task<AdaptiveThresholdModel> FitAsync(
        MultiLabelDataset train,
        MultiLabelDataset? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => Task.Run(() => Fit(train, validation, progress, cancellationToken), cancellationToken);

    /// <summary>What the core fits with. Throws ModelConfigurationException for faults that only a builder can have.</summary>
    internal (Core.ModelOptions Options, IReadOnlyList<VectoriserOptions> Vectorisers, FeatureKind Features) Chosen()
    {
        settings.ThrowIfContradictory();
        return (settings.Options(), settings.Vectorisers, settings.Features);
    }
}
