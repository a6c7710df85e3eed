namespace Limen.Kernels;

/// <summary>Packs texts as they come, for one thread at a time: of those that were added a block is held unpacked.</summary>
public sealed class TextListBuilder
{
    /// <summary>A block is packed once it has so many characters: long enough to pack well, and short of the heap of large objects when it is unpacked.</summary>
    internal const int BlockLength = 1 << 15;

    private readonly List<TextBlock> blocks = [];
    private readonly List<int> ends = [];
    private char[] text = new char[1 << 8];
    private int length;

    /// <summary>How many texts were added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a text behind the others.</summary>
    public void Add(string added)
    {
        ArgumentNullException.ThrowIfNull(added);
        if (length > 0 && length + added.Length > BlockLength) Pack();
        if (added.Length > text.Length - length) Array.Resize(ref text, Math.Max(length + added.Length, Math.Min(2 * text.Length, BlockLength)));
        added.CopyTo(text.AsSpan(length));
        length += added.Length;
        ends.Add(length);
        Count++;
    }

    /// <summary>The texts that were added, whose builder adds no more to them.</summary>
    public TextList ToList()
    {
        if (ends.Count > 0) Pack();
        return new([.. blocks]);
    }

    private void Pack()
    {
        blocks.Add(new TextBlock(text.AsSpan(0, length), [.. ends]));
        ends.Clear();
        length = 0;
        // a text that was longer than a block leaves no room behind
        if (text.Length > BlockLength) text = new char[BlockLength];
    }
}
