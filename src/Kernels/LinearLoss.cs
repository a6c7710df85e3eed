namespace Limen.Kernels;

/// <summary>What a linear scorer pays for a margin m = y f(x), y in {-1, +1}.</summary>
public enum LinearLoss
{
    /// <summary>C max(0, 1 - m)^2: the L2-loss support vector machine.</summary>
    SquaredHinge,

    /// <summary>C ln(1 + exp(-m)): logistic regression; f(x) is a log-odds.</summary>
    Logistic,
}

/// <summary>How one-vs-rest linear scorers are trained: min over w of |w|^2 / 2 + sum_i v_i loss(y_i w.x_i), v_i being the row's weight and the bias being one more weight.</summary>
/// <param name="Loss">The loss of a margin.</param>
/// <param name="C">The cost of the losses against the squared norm; above 0.</param>
/// <param name="Tolerance">A label is done when the projected gradients of the dual over all rows lie within this range (squared hinge: their spread; logistic: the largest).</param>
/// <param name="MaxPasses">The most passes over the rows.</param>
/// <param name="Bias">The value of the bias feature, whose weight is penalised as any other.</param>
/// <param name="Prune">Weights smaller than this in magnitude are dropped from the result.</param>
/// <param name="Seed">Determines the orders in which rows are visited.</param>
public sealed record DualOptions(LinearLoss Loss, double C, double Tolerance, int MaxPasses, double Bias, double Prune, ulong Seed);

/// <summary>One linear function per label: f_l(x) = w_l . x + b_l.</summary>
/// <param name="Weights">W [L, D].</param>
/// <param name="Bias">b [L].</param>
public sealed record LinearWeights(CsrMatrix Weights, float[] Bias);
