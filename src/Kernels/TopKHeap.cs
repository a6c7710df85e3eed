namespace Limen.Kernels;

/// <summary>
/// The k largest values offered so far, ties won by the lower id.
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
            WorstFirst.Rise(ref ids[0], ref values[0], Count++);
        }
        else if (ids.Length > 0 && (values[0] < value || (values[0] == value && ids[0] > id)))
        {
            ids[0] = id;
            values[0] = value;
            WorstFirst.Sink(ref ids[0], ref values[0], Count);
        }
    }

    /// <summary>What is held, in ascending order of the ids.</summary>
    public (int[] Ids, float[] Values) ById()
    {
        var (byId, beside) = (ids[..Count], values[..Count]);
        Array.Sort(byId, beside);
        return (byId, beside);
    }
}
