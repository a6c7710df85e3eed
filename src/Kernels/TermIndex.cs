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
    public CsrMatrix Count(string[] texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        TextPart.Require(texts);
        if (texts.Length <= ChunkRows)
        {
            var only = CountChunk(texts);
            return CsrMatrix.Trusted(texts.Length, count, [0, .. only.RowEnd], [.. only.Indices], [.. only.Values]);
        }
        var chunks = new Chunk[Lanes.Tasks(texts.Length, ChunkRows)];
        CancellationScope.For(chunks.Length, i =>
        {
            var first = i * ChunkRows;
            chunks[i] = CountChunk(texts.AsSpan(first..Lanes.End(i, ChunkRows, texts.Length)));
        });
        var rowStart = new int[texts.Length + 1];
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
        return CsrMatrix.Trusted(texts.Length, count, rowStart, indices, values);
    }

    private readonly record struct Chunk(int[] RowEnd, List<int> Indices, List<float> Values);

    private Chunk CountChunk(ReadOnlySpan<string> texts)
    {
        var chunk = new Chunk(new int[texts.Length], [], []);
        if (!finders.TryTake(out var finder)) finder = (new IdCounter(count), Finder());
        for (var row = 0; row < texts.Length; row++)
        {
            finder.Find(texts[row], finder.Counter);
            finder.Counter.MoveTo(chunk.Indices, chunk.Values);
            chunk.RowEnd[row] = chunk.Indices.Count;
        }
        finders.Add(finder);
        return chunk;
    }
}
