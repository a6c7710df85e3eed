using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    /// <summary>Rows and vectors of a tile: with its twelve sums, two vectors of b and one number of a it takes the 15 of 16 registers that every processor has.</summary>
    private const int Height = 6, Vectors = 2;

    private interface IHeight
    {
        static abstract int Rows { get; }
    }

    private readonly struct One : IHeight { public static int Rows => 1; }

    private readonly struct Two : IHeight { public static int Rows => 2; }

    private readonly struct Three : IHeight { public static int Rows => 3; }

    private readonly struct Four : IHeight { public static int Rows => 4; }

    private readonly struct Five : IHeight { public static int Rows => 5; }

    private readonly struct Six : IHeight { public static int Rows => 6; }

    private static void Multiply<V>(int height, LeftFactor a, Panel b, int depth, float* c, nint stride, bool adds) where V : struct, ILanes<V>
    {
        switch (height)
        {
            case 1: Multiply<V, One>(a.First, a.Row, a.Step, b.First, b.Step, depth, c, stride, adds); break;
            case 2: Multiply<V, Two>(a.First, a.Row, a.Step, b.First, b.Step, depth, c, stride, adds); break;
            case 3: Multiply<V, Three>(a.First, a.Row, a.Step, b.First, b.Step, depth, c, stride, adds); break;
            case 4: Multiply<V, Four>(a.First, a.Row, a.Step, b.First, b.Step, depth, c, stride, adds); break;
            case 5: Multiply<V, Five>(a.First, a.Row, a.Step, b.First, b.Step, depth, c, stride, adds); break;
            default: Multiply<V, Six>(a.First, a.Row, a.Step, b.First, b.Step, depth, c, stride, adds); break;
        }
    }

    /// <summary>A tile of c, up to 6 rows of two vectors, = or += rows of a times a panel of b, the sums in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V, H>(float* a, nint row, nint step, float* b, nint next, nint depth, float* c, nint stride, bool adds)
        where V : struct, ILanes<V> where H : struct, IHeight
    {
        float* a1 = a + row, a2 = a + 2 * row, a3 = a + 3 * row, a4 = a + 4 * row, a5 = a + 5 * row;
        float* c1 = c + stride, c2 = c + 2 * stride, c3 = c + 3 * stride, c4 = c + 4 * stride, c5 = c + 5 * stride;
        V s00 = V.Broadcast(0), s10 = s00, s20 = s00, s30 = s00, s40 = s00, s50 = s00;
        V s01 = s00, s11 = s00, s21 = s00, s31 = s00, s41 = s00, s51 = s00;
        if (adds)
        {
            (s00, s01) = (V.Load(c), V.Load(c + V.Count));
            if (H.Rows > 1) (s10, s11) = (V.Load(c1), V.Load(c1 + V.Count));
            if (H.Rows > 2) (s20, s21) = (V.Load(c2), V.Load(c2 + V.Count));
            if (H.Rows > 3) (s30, s31) = (V.Load(c3), V.Load(c3 + V.Count));
            if (H.Rows > 4) (s40, s41) = (V.Load(c4), V.Load(c4 + V.Count));
            if (H.Rows > 5) (s50, s51) = (V.Load(c5), V.Load(c5 + V.Count));
        }
        // fetches meanwhile what will be written, and what the next tile reads
        Fetch<V, H>(adds ? c + H.Rows * stride : c, stride);
        nint at = 0;
        for (; depth > 0; depth--, at += step, b += next)
        {
            V x = V.Broadcast(a[at]), b0 = V.Load(b), b1 = V.Load(b + V.Count);
            V.AddProduct(ref s00, x, b0); V.AddProduct(ref s01, x, b1);
            if (H.Rows > 1) { x = V.Broadcast(a1[at]); V.AddProduct(ref s10, x, b0); V.AddProduct(ref s11, x, b1); }
            if (H.Rows > 2) { x = V.Broadcast(a2[at]); V.AddProduct(ref s20, x, b0); V.AddProduct(ref s21, x, b1); }
            if (H.Rows > 3) { x = V.Broadcast(a3[at]); V.AddProduct(ref s30, x, b0); V.AddProduct(ref s31, x, b1); }
            if (H.Rows > 4) { x = V.Broadcast(a4[at]); V.AddProduct(ref s40, x, b0); V.AddProduct(ref s41, x, b1); }
            if (H.Rows > 5) { x = V.Broadcast(a5[at]); V.AddProduct(ref s50, x, b0); V.AddProduct(ref s51, x, b1); }
        }
        Store(s00, s01, c);
        if (H.Rows > 1) Store(s10, s11, c1);
        if (H.Rows > 2) Store(s20, s21, c2);
        if (H.Rows > 3) Store(s30, s31, c3);
        if (H.Rows > 4) Store(s40, s41, c4);
        if (H.Rows > 5) Store(s50, s51, c5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<V, H>(float* c, nint stride) where V : struct, ILanes<V> where H : struct, IHeight
    {
        for (var r = 0; r < H.Rows; r++, c += stride)
        {
            Lanes.Prefetch(c);
            Lanes.Prefetch(c + V.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V first, V second, float* to) where V : struct, ILanes<V>
    {
        V.Store(first, to);
        V.Store(second, to + V.Count);
    }
}
