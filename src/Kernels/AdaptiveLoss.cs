using System.Buffers;

namespace Limen.Kernels;

/// <summary>
/// The adaptive-threshold loss in one pass over the logits z [B, L]: threshold fusion, binary cross-entropy, margin term and all
/// their gradients. theta_bl = offset_l + slope_l A_bl with A the sparse local signal; in the paper's terms
/// offset = lambda alpha IDF + b and slope = (1 - lambda) beta (arXiv 2505.03118, section 3). With m = z - theta,
/// loss = Scale * sum over pairs of Bce * (w_l y softplus(-m) + (1 - y) softplus(m)) + Margin * margin(m).
/// </summary>
/// <remarks>
/// Tasks are blocks of labels, all rows of the batch in each: the sums over rows stay in the first-level cache and belong to one task.
/// Almost every pair has y = 0 and A = 0, and the vector loop treats all as such; the pairs that are stored in targets or local
/// are computed one by one, and the vector loop sees them with an infinite threshold, where loss and slope vanish.
/// Stored targets between 0 and 1 are soft labels. A NaN logit makes the loss NaN. Beyond |m| = 64, exp(-|m|) counts as exp(-64).
/// </remarks>
public static unsafe partial class AdaptiveLoss
{
    private const int MostLabels = 1024;

    /// <summary>
    /// The most that |m| counts in exp(-|m|): a slope of exp(-64) times a Scale down to 1e-10 is a normal number of float32, and some processors take a hundred
    /// times as long over a subnormal one.
    /// </summary>
    private const float Farthest = 64f;

    /// <summary>
    /// The loss of a block of labels, its gradient in z, and the gradients in offset and slope, which <see cref="PairPlain"/> defines. The rows of targets and
    /// local [N, L] that form the batch are given by rows [B] (a row may occur twice). All other numbers are the block's: logits and gradient [B, block],
    /// offset, slope, posWeight and their gradients [block]. An empty posWeight means 1 for every label. The gradient may be the same memory as the logits, and is faster so.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static double ForwardBackward(
        ReadOnlySpan<float> logits, Span<float> gradient, LabelBlock block, CsrMatrix targets, CsrMatrix local, ReadOnlySpan<int> rows,
        ReadOnlySpan<float> offset, ReadOnlySpan<float> slope, ReadOnlySpan<float> posWeight, in LossTerms terms,
        Span<float> offsetGradient, Span<float> slopeGradient)
    {
        Check(logits, block, targets, local, rows, offset, slope, posWeight);
        CheckGradients(logits, gradient, block, offsetGradient, slopeGradient);
        fixed (float* z = logits, g = gradient, o = offset, s = slope, w = posWeight, og = offsetGradient, sg = slopeGradient)
        fixed (int* r = rows)
            return Run(new Batch
            {
                Logits = z,
                First = block.First,
                Labels = block.Count,
                Rows = r,
                Count = rows.Length,
                Targets = targets,
                Local = local,
                Offset = o,
                Slope = s,
                PosWeight = w,
                Terms = terms,
                Gradient = g,
                OffsetGradient = og,
                SlopeGradient = sg,
            });
    }

    /// <summary>The loss alone, as <see cref="ForwardBackward"/> gives it.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static double Value(
        ReadOnlySpan<float> logits, LabelBlock block, CsrMatrix targets, CsrMatrix local, ReadOnlySpan<int> rows,
        ReadOnlySpan<float> offset, ReadOnlySpan<float> slope, ReadOnlySpan<float> posWeight, in LossTerms terms)
    {
        Check(logits, block, targets, local, rows, offset, slope, posWeight);
        fixed (float* z = logits, o = offset, s = slope, w = posWeight)
        fixed (int* r = rows)
            return Run(new Batch
            {
                Logits = z,
                First = block.First,
                Labels = block.Count,
                Rows = r,
                Count = rows.Length,
                Targets = targets,
                Local = local,
                Offset = o,
                Slope = s,
                PosWeight = w,
                Terms = terms,
            });
    }

    private static void Check(
        ReadOnlySpan<float> logits, LabelBlock block, CsrMatrix targets, CsrMatrix local, ReadOnlySpan<int> rows,
        ReadOnlySpan<float> offset, ReadOnlySpan<float> slope, ReadOnlySpan<float> posWeight)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(local);
        Shapes.Require(logits.Length, (long)rows.Length * block.Count, nameof(logits));
        Shapes.Require(offset.Length, block.Count, nameof(offset));
        Shapes.Require(slope.Length, block.Count, nameof(slope));
        Shapes.Require(local.Columns, targets.Columns, nameof(local));
        if (block.First < 0 || block.Count < 0 || block.First > targets.Columns - block.Count)
            throw new ArgumentException($"expected labels below {targets.Columns}, received {block.First} to {(long)block.First + block.Count - 1}", nameof(block));
        if (!posWeight.IsEmpty) Shapes.Require(posWeight.Length, block.Count, nameof(posWeight));
        Shapes.RequireRows(rows, Math.Min(targets.Rows, local.Rows), nameof(rows));
    }

    private static void CheckGradients(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> gradient, LabelBlock block, ReadOnlySpan<float> offsetGradient, ReadOnlySpan<float> slopeGradient)
    {
        Shapes.Require(gradient.Length, logits.Length, nameof(gradient));
        Shapes.Require(offsetGradient.Length, block.Count, nameof(offsetGradient));
        Shapes.Require(slopeGradient.Length, block.Count, nameof(slopeGradient));
    }

    private static double Run(in Batch batch)
    {
        var size = BlockLabels(batch.Labels);
        var blocks = Lanes.Tasks(batch.Labels, size);
        var losses = ArrayPool<double>.Shared.Rent(blocks);
        if (batch.Terms.Margin == 0) Lanes.For(blocks, new Blocks<NoMargin>(batch, size, losses));
        else if (batch.Terms.Reading == MarginReading.Symmetric) Lanes.For(blocks, new Blocks<SymmetricMargin>(batch, size, losses));
        else Lanes.For(blocks, new Blocks<RankingMargin>(batch, size, losses));
        var loss = 0.0;
        for (var i = 0; i < blocks; i++) loss += losses[i];
        ArrayPool<double>.Shared.Return(losses);
        return loss * batch.Terms.Scale;
    }

    /// <summary>Labels of a block: few labels are one, and more a multiple of four, of whole cache lines each; every row begins every block anew.</summary>
    private static int BlockLabels(int labels)
    {
        var blocks = labels <= MostLabels ? 1 : 4 * Lanes.Tasks(labels, 4 * MostLabels);
        return Math.Max(16, Lanes.Tasks(Lanes.Tasks(labels, blocks), 16) * 16);
    }
}
