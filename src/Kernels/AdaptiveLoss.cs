using System.Buffers;

namespace Limen.Kernels;

/// <summary>
/// The adaptive-threshold loss in one pass over the logits z [B, L]: threshold fusion, binary cross-entropy, margin term and all
/// their gradients. theta_bl = offset_l + slope_l A_bl with A the sparse local signal; in the paper's terms
/// offset = lambda alpha IDF + b and slope = (1 - lambda) beta (arXiv 2505.03118, section 3). With m = z - theta,
/// loss = Scale * sum over pairs of v_b (Bce * (w_l y softplus(-m) + (1 - y) softplus(m)) + Margin * margin(m)), v_b being the row's weight.
/// </summary>
/// <remarks>
/// Tasks are blocks of labels, all rows of the batch in each: the sums over rows stay in the first-level cache and belong to one task.
/// Almost every pair has y = 0 and A = 0, and the vector loop treats all as such; the pairs that are stored in targets or local
/// are computed one by one, and the vector loop sees them with an infinite threshold, where loss and slope vanish.
/// A row of weight 0 is as absent: its logits are not read. Elsewhere a NaN logit makes the loss NaN. Beyond |m| = 64, exp(-|m|) counts as exp(-64).
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
    /// The loss of a batch for a block of labels, its gradient in z [B, block], and the gradients in offset and slope [block], which
    /// <see cref="PairPlain"/> defines. The gradient may be the same memory as the logits, and is faster so.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static double ForwardBackward(in AdaptiveLossBatch batch, Span<float> gradient, Span<float> offsetGradient, Span<float> slopeGradient)
    {
        batch.Check();
        batch.CheckGradients(gradient, offsetGradient, slopeGradient);
        return Pinned(batch, gradient, offsetGradient, slopeGradient);
    }

    /// <summary>The loss alone, as <see cref="ForwardBackward"/> gives it.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static double Value(in AdaptiveLossBatch batch)
    {
        batch.Check();
        return Pinned(batch, default, default, default);
    }

    private static double Pinned(in AdaptiveLossBatch batch, Span<float> gradient, Span<float> offsetGradient, Span<float> slopeGradient)
    {
        fixed (float* z = batch.Logits, o = batch.Offset, s = batch.Slope, w = batch.PosWeight, rw = batch.RowWeights)
        fixed (float* g = gradient, og = offsetGradient, sg = slopeGradient)
        fixed (int* r = batch.Rows)
            return Run(new Batch
            {
                Logits = z,
                First = batch.Block.First,
                Labels = batch.Block.Count,
                Rows = r,
                RowWeights = rw,
                Count = batch.Rows.Length,
                Targets = batch.Targets,
                Local = batch.Local,
                Offset = o,
                Slope = s,
                PosWeight = w,
                Terms = batch.Terms,
                Gradient = g,
                OffsetGradient = og,
                SlopeGradient = sg,
            });
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

    /// <summary>Labels of a block: all where they are few, else a multiple of four blocks of whole cache lines each. Every block goes through all rows, so fewer blocks take less time.</summary>
    private static int BlockLabels(int labels)
    {
        var blocks = labels <= MostLabels ? 1 : 4 * Lanes.Tasks(labels, 4 * MostLabels);
        return Math.Max(16, Lanes.Tasks(Lanes.Tasks(labels, blocks), 16) * 16);
    }
}
