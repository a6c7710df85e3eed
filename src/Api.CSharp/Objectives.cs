namespace Limen;

/// <summary>What decisions are fitted for. Macro means are over all labels with 0/0 = 0.</summary>
public static class Objectives
{
    /// <summary>The mean over labels of F1.</summary>
    public static Objective MacroF1() => new(Core.Objective.MacroF1);

    /// <summary>F1 of the counts summed over labels.</summary>
    public static Objective MicroF1() => new(Core.Objective.MicroF1);

    /// <summary>Macro-F1 plus a weight times micro-F1. The default, with the weight 0.25.</summary>
    /// <param name="weight">At least 0; 1 is the plain sum.</param>
    public static Objective MacroPlusMicro(double weight = 0.25) => new(Core.Objective.NewMacroPlusMicro(weight));

    /// <summary>The mean over labels of F-beta.</summary>
    /// <param name="beta">Above 0; larger weighs recall more.</param>
    public static Objective FBeta(double beta) => new(Core.Objective.NewFBeta(beta));

    /// <summary>The mean over labels of TP / (TP + FP + FN).</summary>
    public static Objective Jaccard() => new(Core.Objective.Jaccard);

    /// <summary>The least cost, the same for every label.</summary>
    /// <param name="falsePositive">What a wrongly predicted label costs; at least 0.</param>
    /// <param name="falseNegative">What a missed label costs; at least 0, and not both 0.</param>
    public static Objective ExpectedCost(double falsePositive, double falseNegative) =>
        new(Core.Objective.NewExpectedCost(falsePositive, falseNegative));

    /// <summary>The least cost, with costs of their own for some labels.</summary>
    /// <param name="costs">By the label's name.</param>
    /// <param name="otherwise">The costs of all other labels.</param>
    public static Objective LabelCosts(IReadOnlyDictionary<string, LabelCost> costs, LabelCost otherwise)
    {
        ArgumentNullException.ThrowIfNull(costs);
        var own = costs.ToDictionary(StringComparer.Ordinal);
        return new(
            labels =>
            {
                LabelCost[] all = [.. labels.Names.Select(name => own.GetValueOrDefault(name, otherwise))];
                return Core.Objective.NewLabelCosts([.. all.Select(c => c.FalsePositive)], [.. all.Select(c => c.FalseNegative)]);
            },
            own.Keys
        );
    }
}
