namespace Limen.Kernels;

/// <summary>
/// What the adaptive loss reads: the logits of a batch of rows for a block of labels, the rows' truth and local signal, and the thresholds' numbers.
/// B rows of N form the batch, and a row may occur twice; logit space throughout.
/// </summary>
public readonly ref struct AdaptiveLossBatch
{
    /// <summary>z [B, block].</summary>
    public required ReadOnlySpan<float> Logits { get; init; }

    /// <summary>The labels that the logits are of.</summary>
    public required LabelBlock Block { get; init; }

    /// <summary>Y [N, L]; stored values between 0 and 1 are soft labels.</summary>
    public required CsrMatrix Targets { get; init; }

    /// <summary>A [N, L], the local signal.</summary>
    public required CsrMatrix Local { get; init; }

    /// <summary>The batch's rows [B] of the N.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>How much each row counts [N], at least 0; empty: 1 each.</summary>
    public ReadOnlySpan<float> RowWeights { get; init; }

    /// <summary>The part of each threshold that is the same for all rows [block].</summary>
    public required ReadOnlySpan<float> Offset { get; init; }

    /// <summary>What each threshold gains by one unit of the local signal [block].</summary>
    public required ReadOnlySpan<float> Slope { get; init; }

    /// <summary>The weight of each label's positives [block]; empty: 1 each.</summary>
    public ReadOnlySpan<float> PosWeight { get; init; }

    /// <summary>Which loss.</summary>
    public required LossTerms Terms { get; init; }

    /// <summary>How much the row at a place of the batch counts.</summary>
    internal float RowWeight(int place) => RowWeights.IsEmpty ? 1f : RowWeights[Rows[place]];

    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Targets);
        ArgumentNullException.ThrowIfNull(Local);
        Shapes.Require(Logits.Length, (long)Rows.Length * Block.Count, nameof(Logits));
        Shapes.Require(Offset.Length, Block.Count, nameof(Offset));
        Shapes.Require(Slope.Length, Block.Count, nameof(Slope));
        Shapes.Require(Local.Columns, Targets.Columns, nameof(Local));
        if (Block.First < 0 || Block.Count < 0 || Block.First > Targets.Columns - Block.Count)
            throw new ArgumentException($"expected labels below {Targets.Columns}, received {Block.First} to {(long)Block.First + Block.Count - 1}", nameof(Block));
        if (!PosWeight.IsEmpty) Shapes.Require(PosWeight.Length, Block.Count, nameof(PosWeight));
        if (!RowWeights.IsEmpty) Shapes.Require(RowWeights.Length, Targets.Rows, nameof(RowWeights));
        Shapes.RequireRows(Rows, Math.Min(Targets.Rows, Local.Rows), nameof(Rows));
    }

    /// <exception cref="ArgumentException">Gradients of other shapes than z [B, block], offset and slope [block].</exception>
    internal void CheckGradients(ReadOnlySpan<float> gradient, ReadOnlySpan<float> offsetGradient, ReadOnlySpan<float> slopeGradient)
    {
        Shapes.Require(gradient.Length, Logits.Length, nameof(gradient));
        Shapes.Require(offsetGradient.Length, Block.Count, nameof(offsetGradient));
        Shapes.Require(slopeGradient.Length, Block.Count, nameof(slopeGradient));
    }
}
