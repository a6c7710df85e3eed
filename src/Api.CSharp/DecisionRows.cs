namespace Limen;

/// <summary>
/// The rows that the decision is fitted on where no validation rows are given. Either way it is fitted on scores of
/// rows that signals and scorers had not seen.
/// </summary>
public sealed class DecisionRows
{
    private DecisionRows(Core.DecisionRows value) => Value = value;

    internal Core.DecisionRows Value { get; }

    /// <summary>A share of the training rows, which signals and scorers then do without.</summary>
    /// <param name="share">Above 0 and below 1.</param>
    public static DecisionRows HoldOut(double share = 0.1) => new(Core.DecisionRows.NewHoldOut(share));

    /// <summary>
    /// All training rows: each fold is scored by signals and scorers that were fitted on the other folds; the model's
    /// own are fitted on all rows. Costs about as many fits as there are folds, and one.
    /// </summary>
    /// <param name="folds">At least 2.</param>
    public static DecisionRows CrossFit(int folds = 5) => new(Core.DecisionRows.NewCrossFit(folds));
}
