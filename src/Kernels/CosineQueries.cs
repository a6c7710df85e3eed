using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// Up to <see cref="Lanes"/> normalised queries that are searched together, one in each lane: the ranks of the features that any of them
/// holds, and of each its values in all of them (0 where a query does not hold it).
/// </summary>
internal sealed unsafe class CosineQueries(int columns, FrequentFeatures frequent)
{
    /// <summary>How many queries share a walk over the training rows.</summary>
    public const int Lanes = 32;

    private readonly int[] place = new int[columns]; // of each rank among the weights; -1 while the group's features are listed
    private readonly float[] norms = new float[Lanes * FrequentFeatures.Levels];
    private int[] ranks = [];
    private float[] memory = [];
    private float* weights;

    /// <summary>How many lanes hold a query.</summary>
    public int Count { get; private set; }

    /// <summary>The most features that one of them holds.</summary>
    public int Longest { get; private set; }

    /// <summary>No value of any of them is negative.</summary>
    public bool NonNegative { get; private set; }

    /// <summary>How many different features they hold.</summary>
    public int Features { get; private set; }

    /// <summary>The rank of one of the features; they ascend.</summary>
    public int Rank(int feature) => ranks[feature];

    /// <summary>The first of the features whose rank is not below.</summary>
    public int First(int rank)
    {
        var found = Array.BinarySearch(ranks, 0, Features, rank);
        return found < 0 ? ~found : found;
    }

    /// <summary>The values of the common features by rank: [Common, Lanes], 0 where a query does not hold one.</summary>
    public float* Common => weights;

    /// <summary>The values of one of the features, one for each lane.</summary>
    public float* Values(int feature) => weights + (nint)place[ranks[feature]] * Lanes;

    /// <summary>The norm of a query over the head of a level.</summary>
    public float Norm(int lane, int level) => norms[lane * FrequentFeatures.Levels + level];

    /// <summary>Takes the rows [from, to) of the matrix.</summary>
    public void Load(CsrMatrix queries, int from, int to)
    {
        var first = queries.RowStart[from];
        var held = queries.RowStart[to] - first;
        (Count, Longest, NonNegative) = (to - from, 0, CosineSearch.AreNonNegative(queries.Values.AsSpan(first, held)));
        Order(queries.Indices.AsSpan(first, held));
        for (var lane = 0; lane < Count; lane++)
        {
            var features = queries.RowIndices(from + lane);
            var values = queries.RowValues(from + lane);
            Longest = Math.Max(Longest, features.Length);
            for (var at = 0; at < features.Length; at++)
                weights[(nint)place[frequent.Rank(features[at])] * Lanes + lane] = values[at];
            frequent.Norms(features, values, norms.AsSpan(lane * FrequentFeatures.Levels, FrequentFeatures.Levels));
        }
    }

    /// <summary>Gives each different feature a place among the weights: a common one its rank, the others those behind.</summary>
    private void Order(ReadOnlySpan<int> all)
    {
        if (ranks.Length < all.Length)
            ranks = new int[all.Length];
        Features = 0;
        foreach (var feature in all)
            if (place[frequent.Rank(feature)] >= 0)
            {
                place[frequent.Rank(feature)] = -1;
                ranks[Features++] = frequent.Rank(feature);
            }
        Array.Sort(ranks, 0, Features);
        var rare = First(frequent.Common);
        for (var at = 0; at < Features; at++)
            place[ranks[at]] = at < rare ? ranks[at] : frequent.Common + at - rare;
        Reserve(Shapes.Length((long)frequent.Common + Features - rare, Lanes, "queries"));
    }

    /// <summary>Room for so many weights, all 0.</summary>
    private void Reserve(int count)
    {
        if (memory.Length < count + 16L)
        {
            memory = GC.AllocateArray<float>(Shapes.Length(count + 16L, "queries"), pinned: true);
            weights = CacheLines.Align((float*)Unsafe.AsPointer(ref memory[0]));
        }
        else
            new Span<float>(weights, count).Clear();
    }
}
