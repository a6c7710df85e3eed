using System.Numerics;

namespace Limen.Kernels;

/// <summary>
/// The two moments of AdamW for those rows of a matrix [D, H] that were ever touched, in 16 bits a number: m [H] as bfloat16, then
/// v [H], which has no sign, with one more bit of mantissa. A step moves v by as little as 1 - beta2, less than those bits tell apart:
/// numbers are rounded up or down by a dither, so that the error has mean 0 and does not add up.
/// </summary>
internal sealed unsafe class RowMoments
{
    /// <summary>Bits of a float32 that m and v do without.</summary>
    private const int MBits = 16, VBits = 15;

    private const int MostRowsPerChunk = 4096, NumbersPerChunk = 1 << 26;

    private readonly List<ushort[]> _chunks = [];
    private readonly int _width;
    private readonly int _shift; // of rows in a chunk, a power of two
    private int _count;

    public RowMoments(int width)
    {
        var ofRow = Shapes.Length(2, width, nameof(width));
        (_width, _shift) = (width, BitOperations.Log2((uint)Math.Clamp(NumbersPerChunk / Math.Max(1, ofRow), 1, MostRowsPerChunk)));
    }

    /// <summary>The place of another row, with moments of 0.</summary>
    public int Add()
    {
        if (_count >> _shift == _chunks.Count) _chunks.Add(GC.AllocateArray<ushort>(2 * _width << _shift, pinned: true));
        return _count++;
    }

    /// <summary>The moments of all places, a copy: one array for each chunk.</summary>
    public ushort[][] Copy() => [.. _chunks.Select(chunk => (ushort[])chunk.Clone())];

    /// <summary>Takes the moments of so many places from copies of chunks.</summary>
    /// <exception cref="ArgumentException">Other chunks than so many places of this width have.</exception>
    public void Restore(int count, ushort[][] chunks)
    {
        (_count, var length) = (0, 2 * _width << _shift);
        _chunks.Clear();
        Shapes.Require(chunks.Length, Lanes.Tasks(count, 1 << _shift), nameof(chunks));
        foreach (var chunk in chunks)
        {
            Shapes.Require(chunk.Length, length, nameof(chunks));
            _chunks.Add(GC.AllocateArray<ushort>(length, pinned: true));
            chunk.CopyTo(_chunks[^1], 0);
        }
        _count = count;
    }

    /// <summary>Where m [H] and, after it, v [H] at a place are.</summary>
    public ushort* At(int place)
    {
        var (chunk, at) = (place >> _shift, place & ((1 << _shift) - 1));
        fixed (ushort* first = _chunks[chunk]) return first + (long)at * 2 * _width; // pinned for its life
    }

    public static T LoadM<T>(ushort* from) where T : struct, ILanes<T> => T.LoadHigh(from, MBits);

    public static T LoadV<T>(ushort* from) where T : struct, ILanes<T> => T.LoadHigh(from, VBits);

    public static void StoreM<T>(T m, uint dither, ushort* to) where T : struct, ILanes<T> => T.StoreHigh(m, dither >> (32 - MBits), MBits, to);

    public static void StoreV<T>(T v, uint dither, ushort* to) where T : struct, ILanes<T> => T.StoreHigh(v, dither >> (32 - VBits), VBits, to);

    /// <summary>The dither of a step, in 2^-32: multiples of the golden ratio fill [0, 1) evenly, whichever steps a row is touched in.</summary>
    public static uint Dither(int step) => unchecked((uint)step * 0x9E3779B9u);
}
