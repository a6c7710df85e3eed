namespace Limen.Kernels;

/// <summary>Up to <see cref="Capacity"/> training rows, by feature and by row.</summary>
internal sealed class CosineBlock
{
    public const int Capacity = 1 << 13;

    public CosineBlock(CsrMatrix normalised, FrequentFeatures frequent, int first)
    {
        First = first;
        Count = Math.Min(Capacity, normalised.Rows - first);
        Postings = new CosinePostings(normalised, frequent, First, Count);
        Rows = new CosineRows(Postings, frequent, Count);
    }

    /// <summary>The number of the block's first row in the matrix.</summary>
    public int First { get; }

    /// <summary>How many rows the block holds.</summary>
    public int Count { get; }

    public CosinePostings Postings { get; }

    public CosineRows Rows { get; }
}
