using System.Collections.Concurrent;

namespace Limen.Kernels;

/// <summary>
/// The exact K nearest training rows by cosine, over sparse rows X [N, D]. Both sides are divided by their Euclidean norm
/// and rounded to float; the cosine is the sum of the products in double, in ascending column order, rounded to float.
/// Only cosines above 0 count as neighbours, so a zero row neither has nor is one; ties go to the lower row number.
/// <para>
/// The search bounds the products of the most frequent features by Cauchy-Schwarz (the norms of both rows over them) and sums the others; only
/// rows whose bound reaches the K-th best are multiplied out (prefix filtering: Bayardo, Ma, Srikant 2007, https://doi.org/10.1145/1242572.1242591;
/// the norm bound: Anastasiu, Karypis 2014, https://doi.org/10.1109/ICDE.2014.6816700). Queries are searched together, one in each lane of a vector:
/// rare features through an inverted index, common ones row by row. The result is that of <see cref="Plain"/>, bit for bit.
/// </para>
/// </summary>
public sealed class CosineIndex
{
    private const int NoRow = -1;

    private readonly CsrMatrix normalised;
    private readonly FrequentFeatures frequent;
    private readonly CosineBlock[] blocks;
    private readonly ConcurrentBag<CosineSearch> idle = [];

    private CosineIndex(CsrMatrix rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Source = rows;
        normalised = Normalise(rows);
        frequent = new FrequentFeatures(normalised);
        blocks = new CosineBlock[Lanes.Tasks(rows.Rows, CosineBlock.Capacity)];
        RowChunks.For(blocks.Length, 1, (block, _) => blocks[block] = new CosineBlock(normalised, frequent, block * CosineBlock.Capacity));
    }

    /// <summary>The rows as they were given to <see cref="Build"/>; they determine the index.</summary>
    public CsrMatrix Source { get; }

    /// <summary>Indexes the training rows X [N, D]. Time and memory grow with the non-zero entries.</summary>
    public static CosineIndex Build(CsrMatrix rows) => new(rows);

    /// <summary>The neighbours of each query [Q, D]: a matrix [Q, N] whose row q holds at most k cosines at the columns of the training rows.</summary>
    /// <exception cref="ArgumentException">The queries have another number of columns than the training rows, or k is negative.</exception>
    public CsrMatrix Search(CsrMatrix queries, int k)
    {
        ArgumentNullException.ThrowIfNull(queries);
        if (queries.Columns != Source.Columns)
            throw new ArgumentException($"expected queries [Q, D] with D = {Source.Columns}, received [{queries.Rows}, {queries.Columns}]", nameof(queries));
        return Search(Normalise(queries), k, _ => NoRow);
    }

    /// <summary>The neighbours of each training row among the others: a matrix [N, N] without diagonal entries.</summary>
    /// <exception cref="ArgumentException">k is negative.</exception>
    public CsrMatrix LeaveOneOut(int k) => Search(normalised, k, row => row);

    /// <summary>The definition of <see cref="Search(CsrMatrix, int)"/>: every pair multiplied out and sorted. excluded(q) is a row never returned for q, or -1.</summary>
    public static CsrMatrix Plain(CsrMatrix rows, CsrMatrix queries, int k, Func<int, int> excluded)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(excluded);
        if (queries.Columns != rows.Columns)
            throw new ArgumentException($"expected queries [Q, D] with D = {rows.Columns}, received [{queries.Rows}, {queries.Columns}]", nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        var (x, q) = (Normalise(rows), Normalise(queries));
        var found = new (int[], float[])[q.Rows];
        for (var query = 0; query < q.Rows; query++)
        {
            var nearest = Enumerable.Range(0, x.Rows)
                .Where(row => row != excluded(query))
                .Select(row => (Row: row, Cosine: Dot(q, query, x, row)))
                .Where(pair => pair.Cosine > 0f)
                .OrderByDescending(pair => pair.Cosine).ThenBy(pair => pair.Row)
                .Take(k)
                .OrderBy(pair => pair.Row)
                .ToArray();
            found[query] = ([.. nearest.Select(pair => pair.Row)], [.. nearest.Select(pair => pair.Cosine)]);
        }
        return RowChunks.Assemble(x.Rows, found);
    }

    private CsrMatrix Search(CsrMatrix queries, int k, Func<int, int> excluded)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        k = Math.Min(k, normalised.Rows);
        var found = new (int[], float[])[queries.Rows];
        Lanes.For(Lanes.Tasks(queries.Rows, CosineQueries.Lanes), new Groups(this, queries, k, excluded, found));
        return RowChunks.Assemble(normalised.Rows, found);
    }

    /// <summary>One task: the queries that are searched together.</summary>
    private readonly struct Groups(CosineIndex index, CsrMatrix queries, int k, Func<int, int> excluded, (int[], float[])[] found) : ILaneTasks
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            if (!index.idle.TryTake(out var search))
                search = new CosineSearch(index.normalised, index.frequent);
            var from = task * CosineQueries.Lanes;
            var best = new TopKHeap[Math.Min(CosineQueries.Lanes, queries.Rows - from)];
            for (var lane = 0; lane < best.Length; lane++)
                best[lane] = new TopKHeap(k);
            search.Run<T>(queries, from, excluded, index.blocks, best);
            for (var lane = 0; lane < best.Length; lane++)
                found[from + lane] = best[lane].ById();
            index.idle.Add(search);
        }
    }

    /// <summary>Each row divided by its norm, rounded to float; a zero row stays zero.</summary>
    private static CsrMatrix Normalise(CsrMatrix m)
    {
        var values = new float[m.NonZeros];
        RowChunks.For(m.Rows, 4096, (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var square = 0.0;
                foreach (var value in m.RowValues(row))
                    square += (double)value * value;
                var norm = Math.Sqrt(square);
                for (var at = m.RowStart[row]; at < m.RowStart[row + 1]; at++)
                    values[at] = norm > 0.0 ? (float)(m.Values[at] / norm) : 0f;
            }
        });
        return CsrMatrix.Trusted(m.Rows, m.Columns, m.RowStart, m.Indices, values);
    }

    private static float Dot(CsrMatrix a, int i, CsrMatrix b, int j)
    {
        var sum = 0.0;
        var (p, q) = (a.RowStart[i], b.RowStart[j]);
        while (p < a.RowStart[i + 1] && q < b.RowStart[j + 1])
        {
            if (a.Indices[p] == b.Indices[q])
                sum += (double)a.Values[p++] * b.Values[q++];
            else if (a.Indices[p] < b.Indices[q])
                p++;
            else
                q++;
        }
        return (float)sum;
    }
}
