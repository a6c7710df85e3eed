using System.Collections;

namespace Limen.Kernels;

/// <summary>
/// Texts that are held packed, about a fifth of their size as strings, and come back exactly, lone surrogates and NULs included. A block of texts is unpacked when one of them is
/// read, and kept until the thread reads from another: passes in order unpack each block once. Immutable, and safe for many threads at once.
/// </summary>
public sealed class TextList : IReadOnlyList<string>
{
    private readonly TextBlock[] blocks;
    private readonly int[] starts;
    private readonly int[]? chosen;

    /// <summary>The texts of blocks, or the chosen ones of them.</summary>
    internal TextList(TextBlock[] blocks, int[]? chosen = null)
    {
        (this.blocks, this.chosen) = (blocks, chosen);
        starts = new int[blocks.Length + 1];
        for (var i = 0; i < blocks.Length; i++) starts[i + 1] = checked(starts[i] + blocks[i].Count);
    }

    /// <summary>How many texts.</summary>
    public int Count => chosen?.Length ?? starts[^1];

    /// <summary>About how many bytes are held, with those of texts that were not chosen.</summary>
    public long Bytes => blocks.Sum(block => block.Bytes) + sizeof(int) * ((long)starts.Length + (chosen?.Length ?? 0));

    /// <summary>A text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that number.</exception>
    public string this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var text = chosen?[index] ?? index;
            var found = Array.BinarySearch(starts, text);
            var block = found < 0 ? ~found - 1 : found;
            return blocks[block][text - starts[block]];
        }
    }

    /// <summary>Packs texts.</summary>
    public static TextList Of(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var builder = new TextListBuilder();
        foreach (var text in texts) builder.Add(text);
        return builder.ToList();
    }

    /// <summary>The texts of all lists, in their order.</summary>
    public static TextList Concat(IEnumerable<TextList> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var blocks = new List<TextBlock>();
        foreach (var list in lists)
        {
            ArgumentNullException.ThrowIfNull(list, nameof(lists));
            blocks.AddRange((list.chosen is null ? list : Of(list)).blocks);
        }
        return new([.. blocks]);
    }

    /// <summary>
    /// The chosen texts in the order given. Ascending ones are a view of the same packed texts. Others are packed anew in that order, in a few passes over the texts, each of
    /// which holds a part of them as strings.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no text of a number.</exception>
    public TextList Select(int[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var ascending = true;
        for (var i = 0; i < rows.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rows[i], nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rows[i], Count, nameof(rows));
            ascending &= i == 0 || rows[i - 1] <= rows[i];
        }
        return ascending ? new(blocks, chosen is null ? [.. rows] : Array.ConvertAll(rows, row => chosen[row])) : Shuffled(rows);
    }

    /// <summary>Parts of the chosen rows, so many that a part is small and the passes few.</summary>
    private TextList Shuffled(int[] rows)
    {
        const int passes = 8;
        const int leastRows = 1024;
        var builder = new TextListBuilder();
        foreach (var part in rows.Chunk(Math.Max(leastRows, rows.Length / passes)))
        {
            var places = Enumerable.Range(0, part.Length).ToArray();
            Array.Sort([.. part], places);
            var texts = new string[part.Length];
            foreach (var place in places) texts[place] = this[part[place]];
            foreach (var text in texts) builder.Add(text);
        }
        return builder.ToList();
    }

    /// <summary>The texts in order.</summary>
    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
