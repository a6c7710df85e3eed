namespace Limen;

/// <summary>The rules that turn scores, in log-odds, into label sets; fitted on held-out rows for an objective. Constraints hold whatever
/// the rule says.</summary>
/// <example><code>Decisions.Fused().AtMost(5).Without("obsolete").WithThreshold("urgent", -1)</code></example>
public static class Decisions
{
    /// <summary>
    /// Shared thresholds a rarity + c for the objective, corrected per label by what its held-out rows support. The
    /// default.
    /// </summary>
    public static Decision Fused() => Core.FusedRule.rule;

    /// <summary>One threshold known beforehand.</summary>
    /// <param name="threshold">In log-odds; 0 is probability 1/2.</param>
    public static Decision Fixed(double threshold = 0.0) => Core.FixedThreshold.rule((float)threshold);

    /// <summary>One threshold for all labels, the best for the objective.</summary>
    public static Decision Global() => Core.GlobalThreshold.rule;

    /// <summary>Each label's own best threshold; labels without positives take the global one.</summary>
    public static Decision SCut() => Core.SCut.rule;

    /// <summary>SCut with a cross-validated floor on F1 (SCutFBR.1).</summary>
    public static Decision SCutFbr() => Core.SCutFbrRule.rule;

    /// <summary>SCut by smoothed F, (2 TP + a) / (predicted + positives + b).</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">At least a.</param>
    public static Decision SmoothedF(double a = 1.0, double b = 1.0) => Core.SmoothedF.rule(a, b);

    /// <summary>Micro-F1 and macro-F1 jointly, label by label in descending frequency.</summary>
    public static Decision MicroMacroFreq() => Core.MicroMacroFreq.rule;

    /// <summary>Half the expected F1 of each label, from the scores alone.</summary>
    /// <param name="minimum">The least probability that is predicted; in [0, 1).</param>
    public static Decision PlugIn(double minimum = 2e-3) => Core.PlugInRule.rule(minimum);

    /// <summary>A running F1 per label that starts from the counts a and b.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above a.</param>
    public static Decision OnlineF(double a = 1.0, double b = 4.0) => Core.OnlineFRule.rule(a, b);

    /// <summary>Each label's threshold in turn for the whole objective, until nothing changes.</summary>
    public static Decision CoordinateAscent() => Core.CoordinateAscentRule.rule;

    /// <summary>The k best labels of each row.</summary>
    /// <param name="k">At least 1.</param>
    public static Decision RCut(int k = 3) => Core.RCut.rule(k);

    /// <summary>As many predictions of each label as its share of the training rows asks for, times a ratio.</summary>
    /// <param name="ratio">Above 0.</param>
    public static Decision PCut(double ratio = 1.0) => Core.PCut.rule(ratio);

    /// <summary>The labels above the widest gap between a row's scores.</summary>
    public static Decision MCut() => Core.MCut.rule;

    /// <summary>One threshold at which label sets are as large on average as in training.</summary>
    public static Decision Cardinality() => Core.Cardinality.rule;

    /// <summary>The log-odds of each label's share of the training rows.</summary>
    public static Decision ClassPrior() => Core.ClassPrior.rule;

    /// <summary>As many of a row's best labels as a model of the size of label sets says.</summary>
    public static Decision MetaLabeler() => Core.MetaLabeler.rule;

    /// <summary>The label set of greatest expected F1 of a row.</summary>
    /// <param name="top">How many of the row's best labels are considered; at least 1.</param>
    public static Decision Gfm(int top = 30) => Core.GfmRule.rule(top);

    /// <summary>About k labels of each row, by a threshold of its own: where the soft counts sigmoid(a (score - threshold)) of its scores sum to k (arXiv 2310.10636).</summary>
    /// <param name="k">Above 0.</param>
    /// <param name="sharpness">a, above 0: the larger, the nearer to k labels a row.</param>
    public static Decision SoftTopK(double k = 3.0, double sharpness = 2.0) => Core.SoftTopK.rule(k, sharpness);
}
