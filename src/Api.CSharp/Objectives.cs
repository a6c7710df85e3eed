namespace Limen;

/// <summary>What decisions are fitted for. Macro means are over all labels with 0/0 = 0.</summary>
/// <example><code>var model = Presets.Strong(Objectives.RecallAtPrecision(0.9)).Fit(train, validation);</code></example>
public static class Objectives
{
    /// <summary>The mean over labels of F1.</summary>
    public static Objective MacroF1() => Objective.MacroF1;

    /// <summary>F1 of the counts summed over labels.</summary>
    public static Objective MicroF1() => Objective.MicroF1;

    /// <summary>Macro-F1 plus a weight times micro-F1. The default, with the weight 0.25.</summary>
    /// <param name="weight">At least 0; 1 is the plain sum.</param>
    public static Objective MacroPlusMicro(double weight = 0.25) => Objective.NewMacroPlusMicro(weight);

    /// <summary>The mean over labels of F-beta.</summary>
    /// <param name="beta">Above 0; larger weighs recall more.</param>
    public static Objective FBeta(double beta) => Objective.NewFBeta(beta);

    /// <summary>The mean over labels of TP / (TP + FP + FN).</summary>
    public static Objective Jaccard() => Objective.Jaccard;

    /// <summary>The least cost, the same for every label.</summary>
    /// <param name="falsePositive">What a wrongly predicted label costs; 0 to 1e6.</param>
    /// <param name="falseNegative">What a missed label costs; 0 to 1e6, and not both 0.</param>
    public static Objective ExpectedCost(double falsePositive, double falseNegative) =>
        Objective.NewExpectedCost(falsePositive, falseNegative);

    /// <summary>The least cost, with costs of their own for some labels.</summary>
    /// <param name="costs">By the label's name.</param>
    /// <param name="otherwise">The costs of all other labels.</param>
    public static Objective LabelCosts(
        IReadOnlyDictionary<string, (double FalsePositive, double FalseNegative)> costs,
        (double FalsePositive, double FalseNegative) otherwise
    )
    {
        ArgumentNullException.ThrowIfNull(costs);
        var own = costs.ToArray();
        return Objective.NewNamedCosts(
            [.. own.Select(cost => cost.Key)],
            [.. own.Select(cost => cost.Value.FalsePositive)],
            [.. own.Select(cost => cost.Value.FalseNegative)],
            otherwise.FalsePositive,
            otherwise.FalseNegative
        );
    }

    /// <summary>The greatest recall of all pairs together whose precision is at least the level on the rows that the decision is fitted on.</summary>
    /// <param name="precision">Above 0, at most 1.</param>
    public static Objective RecallAtPrecision(double precision) => Objective.NewRecallAtPrecision(precision);
}
