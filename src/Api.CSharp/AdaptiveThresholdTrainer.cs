namespace Limen;

/// <summary>Checked settings, ready to be fitted to any number of data sets.</summary>
public sealed class AdaptiveThresholdTrainer
{
    private readonly ModelSettings settings;

    internal AdaptiveThresholdTrainer(ModelSettings settings) => this.settings = settings;

    /// <summary>
    /// Fits a model: signals and scorers on the training rows, early stopping and the decision on the validation rows.
    /// The model knows the labels of both. Cancelling keeps the best state so far and still fits the decision; a
    /// cross-fit then gives the model of its first fold.
    /// </summary>
    /// <param name="train">Texts or features with their labels.</param>
    /// <param name="validation">Held-out rows of the same kind; null: as the builder's
    /// <see cref="AdaptiveThresholdModelBuilder.WithDecisionRows"/> says.</param>
    /// <param name="progress">Is told where the fit stands; the last report says that all is done.</param>
    /// <param name="cancellationToken">Ends the training of networks at the next step.</param>
    /// <exception cref="ArgumentException">No training row, or validation rows of another kind.</exception>
    /// <exception cref="ModelConfigurationException">Settings that do not fit the data, or texts without a term that is
    /// frequent enough.</exception>
    /// <exception cref="TrainingDivergedException">A value became infinite in the first epoch.</exception>
    /// <exception cref="OperationCanceledException">A linear scorer was cancelled, which has no state before it is
    /// done.</exception>
    public AdaptiveThresholdModel Fit(
        MultiLabelDataset train,
        MultiLabelDataset? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        if (validation is not null && validation.IsText != train.IsText)
            throw new ArgumentException(
                $"expected {train.Inputs.Kind} as in the training rows, received {validation.Inputs.Kind}",
                nameof(validation)
            );
        if (train.Count == 0) throw new ArgumentException("expected at least one training row, received none", nameof(train));
        return Interop.Call(() => Fitted(train, validation, progress, cancellationToken));
    }

    private AdaptiveThresholdModel Fitted(
        MultiLabelDataset train,
        MultiLabelDataset? validation,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var labels = SparseRows.Union(train.Space, validation?.Space ?? train.Space);
        var dimension = train.Inputs.Dimension is { } d ? Math.Max(d, validation?.Inputs.Dimension ?? 0) : (int?)null;
        var input = train.Inputs.Fit(settings.Vectoriser, settings.Features, dimension);
        var rows = train.ToCore(input, labels);
        var options = settings.ToCore(labels, new LabelCounts(rows.Rows, Core.Csr.columnCounts(rows.Labels)));
        return new AdaptiveThresholdModel(
            Core.ModelModule.fit(
                options,
                labels,
                input,
                rows,
                Interop.ToOption(validation?.ToCore(input, labels)),
                Interop.ToFunction<Core.FitProgress>(p => progress?.Report(TrainingProgress.OfCore(p))),
                cancellationToken
            )
        );
    }
}
