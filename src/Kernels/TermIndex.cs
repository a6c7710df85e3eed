using System.Collections.Concurrent;

namespace Limen.Kernels;

/// <summary>Finds the terms of a vocabulary in texts. Safe for many threads at once.</summary>
public abstract class TermIndex
{
    private const int ChunkRows = 128;

    private readonly int count;
    private readonly ConcurrentBag<(IdCounter Counter, Action<string, IdCounter> Find)> finders = [];

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
            return CsrMatrix.Trusted(texts.Count, count, [0, .. only.RowEnd], [.. only.Indices], [.. only.Values]);
        }
        var chunks = new Chunk[Lanes.Tasks(texts.Count, ChunkRows)];
        CancellationScope.For(chunks.Length, i => chunks[i] = CountChunk(texts, i * ChunkRows, Lanes.End(i, ChunkRows, texts.Count)));
        var rowStart = new int[texts.Count + 1];
        var starts = new int[chunks.Length + 1];
        for (var i = 0; i < chunks.Length; i++)
        {
            starts[i + 1] = Shapes.Length((long)starts[i] + chunks[i].Indices.Count, nameof(texts));
            for (var row = 0; row < chunks[i].RowEnd.Length; row++)
                rowStart[i * ChunkRows + row + 1] = starts[i] + chunks[i].RowEnd[row];
        }
        var indices = GC.AllocateUninitializedArray<int>(starts[^1]);
        var values = GC.AllocateUninitializedArray<float>(starts[^1]);
        CancellationScope.For(chunks.Length, i =>
        {
            chunks[i].Indices.CopyTo(indices, starts[i]);
            chunks[i].Values.CopyTo(values, starts[i]);
        });
        return CsrMatrix.Trusted(texts.Count, count, rowStart, indices, values);
    }

    private readonly record struct Chunk(int[] RowEnd, List<int> Indices, List<float> Values);

    private Chunk CountChunk(IReadOnlyList<string> texts, int first, int end)
    {
        var chunk = new Chunk(new int[end - first], [], []);
        if (!finders.TryTake(out var finder)) finder = (new IdCounter(count), Finder());
        for (var row = 0; row < end - first; row++)
        {
            finder.Find(texts[first + row], finder.Counter);
            finder.Counter.MoveTo(chunk.Indices, chunk.Values);
            chunk.RowEnd[row] = chunk.Indices.Count;
        }
        finders.Add(finder);
        return chunk;
    }
}
