namespace Limen.Kernels;

/// <summary>
/// The k largest values offered so far, ties won by the lower id: a binary heap whose root is the one to leave next.
/// </summary>
internal sealed class TopKHeap
{
    private readonly int[] ids;
    private readonly float[] values;

    public TopKHeap(int k)
    {
        ids = new int[k];
        values = new float[k];
    }

    public int Capacity => ids.Length;

    public int Count { get; private set; }

    public bool IsFull => Count == ids.Length;

    /// <summary>What a value must reach to enter (it enters at equality only with a lower id); minus infinity until k are held.</summary>
    public float Bar => !IsFull ? float.NegativeInfinity : ids.Length == 0 ? float.PositiveInfinity : values[0];

    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Offer(int id, float value)
    {
        if (!IsFull)
        {
            ids[Count] = id;
            values[Count] = value;
            Rise(Count++);
        }
        else if (ids.Length > 0 && Precedes(0, id, value))
        {
            ids[0] = id;
            values[0] = value;
            Sink(0);
        }
    }

    /// <summary>What is held, in ascending order of the ids.</summary>
    public (int[] Ids, float[] Values) ById()
    {
        var (byId, beside) = (ids[..Count], values[..Count]);
        Array.Sort(byId, beside);
        return (byId, beside);
    }

    /// <summary>Whether the entry at a place leaves before the given one.</summary>
    private bool Precedes(int at, int id, float value) => values[at] < value || (values[at] == value && ids[at] > id);

    private void Rise(int at)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!Precedes(at, ids[parent], values[parent]))
                return;
            Swap(at, parent);
            at = parent;
        }
    }

    private void Sink(int at)
    {
        while (at < Count / 2)
        {
            var child = 2 * at + 1;
            if (child + 1 < Count && Precedes(child + 1, ids[child], values[child]))
                child++;
            if (!Precedes(child, ids[at], values[at]))
                return;
            Swap(at, child);
            at = child;
        }
    }

    private void Swap(int a, int b)
    {
        (ids[a], ids[b]) = (ids[b], ids[a]);
        (values[a], values[b]) = (values[b], values[a]);
    }
}
