namespace Limen;

/// <summary>The rules that turn scores, in log-odds, into label sets; fitted on held-out rows for an objective.</summary>
public static class Decisions
{
    /// <summary>
    /// Shared thresholds a rarity + c for the objective, corrected per label by what its held-out rows support. The
    /// default.
    /// </summary>
    public static Decision Fused() => new(Core.Rule.Fused);

    /// <summary>One threshold known beforehand.</summary>
    /// <param name="threshold">In log-odds; 0 is probability 1/2.</param>
    public static Decision Fixed(double threshold = 0.0) => new(Core.Rule.NewFixed((float)threshold));

    /// <summary>One threshold for all labels, the best for the objective.</summary>
    public static Decision Global() => new(Core.Rule.Global);

    /// <summary>Each label's own best threshold; labels without positives take the global one.</summary>
    public static Decision SCut() => new(Core.Rule.SCut);

    /// <summary>SCut with a cross-validated floor on F1 (SCutFBR.1).</summary>
    public static Decision SCutFbr() => new(Core.Rule.SCutFbr);

    /// <summary>SCut by smoothed F, (2 TP + a) / (predicted + positives + b).</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">At least a.</param>
    public static Decision SmoothedF(double a = 1.0, double b = 1.0) => new(Core.Rule.NewSmoothedF(a, b));

    /// <summary>Micro-F1 and macro-F1 jointly, label by label in descending frequency.</summary>
    public static Decision MicroMacroFreq() => new(Core.Rule.MicroMacroFreq);

    /// <summary>Half the expected F1 of each label, from the scores alone.</summary>
    /// <param name="minimum">The least probability that is predicted; in [0, 1).</param>
    public static Decision PlugIn(double minimum = 2e-3) => new(Core.Rule.NewPlugIn(minimum));

    /// <summary>A running F1 per label that starts from the counts a and b.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above a.</param>
    public static Decision OnlineF(double a = 1.0, double b = 4.0) => new(Core.Rule.NewOnlineF(a, b));

    /// <summary>Each label's threshold in turn for the whole objective, until nothing changes.</summary>
    public static Decision CoordinateAscent() => new(Core.Rule.CoordinateAscent);

    /// <summary>The k best labels of each row.</summary>
    /// <param name="k">At least 1.</param>
    public static Decision RCut(int k = 3) => new(Core.Rule.NewRCut(k));

    /// <summary>As many predictions of each label as its share of the training rows asks for, times a ratio.</summary>
    /// <param name="ratio">Above 0.</param>
    public static Decision PCut(double ratio = 1.0) => new(Core.Rule.NewPCut(ratio));

    /// <summary>The labels above the widest gap between a row's scores.</summary>
    public static Decision MCut() => new(Core.Rule.MCut);

    /// <summary>One threshold at which label sets are as large on average as in training.</summary>
    public static Decision Cardinality() => new(Core.Rule.Cardinality);

    /// <summary>The log-odds of each label's share of the training rows.</summary>
    public static Decision ClassPrior() => new(Core.Rule.ClassPrior);

    /// <summary>As many of a row's best labels as a model of the size of label sets says.</summary>
    public static Decision MetaLabeler() => new(Core.Rule.MetaLabeler);

    /// <summary>The label set of greatest expected F1 of a row.</summary>
    /// <param name="top">How many of the row's best labels are considered; at least 1.</param>
    public static Decision Gfm(int top = 30) => new(Core.Rule.NewGfm(top));
}
