using System.Collections.Concurrent;

namespace Limen.Kernels;

/// <summary>Finds the terms of a vocabulary in texts. Safe for many threads at once.</summary>
public abstract class TermIndex
{
    private const int ChunkRows = 128;

    private readonly int count;
    private readonly ConcurrentBag<Finding> finders = [];

    private protected TermIndex(IReadOnlyList<string> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        foreach (var term in terms) ArgumentNullException.ThrowIfNull(term, nameof(terms));
        count = terms.Count;
    }

    /// <summary>What counts the terms of a text, for one thread at a time.</summary>
    private protected abstract Action<string, IdCounter> Finder();

    /// <summary>
    /// How often each term is in each text: [N, terms].
    /// </summary>
    /// <exception cref="ArgumentException">A text is null.</exception>
    public CsrMatrix Count(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        TextPart.Require(texts);
        if (texts.Count <= ChunkRows)
        {
            var only = CountChunk(texts, 0, texts.Count);
            return CsrMatrix.Trusted(texts.Count, count, [0, .. only.RowEnd], only.Indices, only.Values);
        }
        var chunks = new Chunk[Lanes.Tasks(texts.Count, ChunkRows)];
        CancellationScope.For(chunks.Length, i => chunks[i] = CountChunk(texts, i * ChunkRows, Lanes.End(i, ChunkRows, texts.Count)));
        var rowStart = new int[texts.Count + 1];
        var starts = new int[chunks.Length + 1];
        for (var i = 0; i < chunks.Length; i++)
        {
            starts[i + 1] = Shapes.Length((long)starts[i] + chunks[i].Indices.Length, nameof(texts));
            for (var row = 0; row < chunks[i].RowEnd.Length; row++)
                rowStart[i * ChunkRows + row + 1] = starts[i] + chunks[i].RowEnd[row];
        }
        var indices = GC.AllocateUninitializedArray<int>(starts[^1]);
        var values = GC.AllocateUninitializedArray<float>(starts[^1]);
        CancellationScope.For(chunks.Length, i =>
        {
            chunks[i].Indices.CopyTo(indices, starts[i]);
            chunks[i].Values.CopyTo(values, starts[i]);
            chunks[i] = default; // many texts: no longer held than it takes
        });
        return CsrMatrix.Trusted(texts.Count, count, rowStart, indices, values);
    }

    private readonly record struct Chunk(int[] RowEnd, int[] Indices, float[] Values);

    /// <summary>What one thread counts with, chunk after chunk.</summary>
    private sealed record Finding(IdCounter Counter, Action<string, IdCounter> Find)
    {
        public List<int> Indices { get; } = [];
        public List<float> Values { get; } = [];
    }

    private Chunk CountChunk(IReadOnlyList<string> texts, int first, int end)
    {
        if (!finders.TryTake(out var finder)) finder = new(new IdCounter(count), Finder());
        finder.Indices.Clear();
        finder.Values.Clear();
        var rowEnd = new int[end - first];
        for (var row = 0; row < rowEnd.Length; row++)
        {
            finder.Find(texts[first + row], finder.Counter);
            finder.Counter.MoveTo(finder.Indices, finder.Values);
            rowEnd[row] = finder.Indices.Count;
        }
        var chunk = new Chunk(rowEnd, [.. finder.Indices], [.. finder.Values]);
        finders.Add(finder);
        return chunk;
    }
}
