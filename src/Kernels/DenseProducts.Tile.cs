using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    private const int High = 12, Wide = 2;
    private interface IHeight { static abstract int Count { get; } }
    private readonly struct H1 : IHeight { public static int Count => 1; }
    private readonly struct H2 : IHeight { public static int Count => 2; }
    private readonly struct H3 : IHeight { public static int Count => 3; }
    private readonly struct H4 : IHeight { public static int Count => 4; }
    private readonly struct H5 : IHeight { public static int Count => 5; }
    private readonly struct H6 : IHeight { public static int Count => 6; }
    private readonly struct H7 : IHeight { public static int Count => 7; }
    private readonly struct H8 : IHeight { public static int Count => 8; }
    private readonly struct H9 : IHeight { public static int Count => 9; }
    private readonly struct H10 : IHeight { public static int Count => 10; }
    private readonly struct H11 : IHeight { public static int Count => 11; }
    private readonly struct H12 : IHeight { public static int Count => 12; }
    private static void Tile<V>(int height, Left a, float* b, nint depth, float* c, nint stride, bool more) where V : struct, ILanes<V>
    {
        switch (height)
        {
            case 1: Tile<V, H1>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 2: Tile<V, H2>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 3: Tile<V, H3>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 4: Tile<V, H4>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 5: Tile<V, H5>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 6: Tile<V, H6>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 7: Tile<V, H7>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 8: Tile<V, H8>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 9: Tile<V, H9>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 10: Tile<V, H10>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 11: Tile<V, H11>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
            case 12: Tile<V, H12>(a.First, a.Row, a.Step, b, depth, c, stride, more); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, H>(float* a, nint row, nint step, float* b, nint depth, float* c, nint stride, bool more) where V : struct, ILanes<V> where H : struct, IHeight
    {
        V s0_0 = V.Broadcast(0), s0_1 = V.Broadcast(0);
        V s1_0 = V.Broadcast(0), s1_1 = V.Broadcast(0);
        V s2_0 = V.Broadcast(0), s2_1 = V.Broadcast(0);
        V s3_0 = V.Broadcast(0), s3_1 = V.Broadcast(0);
        V s4_0 = V.Broadcast(0), s4_1 = V.Broadcast(0);
        V s5_0 = V.Broadcast(0), s5_1 = V.Broadcast(0);
        V s6_0 = V.Broadcast(0), s6_1 = V.Broadcast(0);
        V s7_0 = V.Broadcast(0), s7_1 = V.Broadcast(0);
        V s8_0 = V.Broadcast(0), s8_1 = V.Broadcast(0);
        V s9_0 = V.Broadcast(0), s9_1 = V.Broadcast(0);
        V s10_0 = V.Broadcast(0), s10_1 = V.Broadcast(0);
        V s11_0 = V.Broadcast(0), s11_1 = V.Broadcast(0);
        if (more)
        {
            if (H.Count > 0) { s0_0 = V.Load(c + 0 * stride + 0 * V.Count); s0_1 = V.Load(c + 0 * stride + 1 * V.Count); }
            if (H.Count > 1) { s1_0 = V.Load(c + 1 * stride + 0 * V.Count); s1_1 = V.Load(c + 1 * stride + 1 * V.Count); }
            if (H.Count > 2) { s2_0 = V.Load(c + 2 * stride + 0 * V.Count); s2_1 = V.Load(c + 2 * stride + 1 * V.Count); }
            if (H.Count > 3) { s3_0 = V.Load(c + 3 * stride + 0 * V.Count); s3_1 = V.Load(c + 3 * stride + 1 * V.Count); }
            if (H.Count > 4) { s4_0 = V.Load(c + 4 * stride + 0 * V.Count); s4_1 = V.Load(c + 4 * stride + 1 * V.Count); }
            if (H.Count > 5) { s5_0 = V.Load(c + 5 * stride + 0 * V.Count); s5_1 = V.Load(c + 5 * stride + 1 * V.Count); }
            if (H.Count > 6) { s6_0 = V.Load(c + 6 * stride + 0 * V.Count); s6_1 = V.Load(c + 6 * stride + 1 * V.Count); }
            if (H.Count > 7) { s7_0 = V.Load(c + 7 * stride + 0 * V.Count); s7_1 = V.Load(c + 7 * stride + 1 * V.Count); }
            if (H.Count > 8) { s8_0 = V.Load(c + 8 * stride + 0 * V.Count); s8_1 = V.Load(c + 8 * stride + 1 * V.Count); }
            if (H.Count > 9) { s9_0 = V.Load(c + 9 * stride + 0 * V.Count); s9_1 = V.Load(c + 9 * stride + 1 * V.Count); }
            if (H.Count > 10) { s10_0 = V.Load(c + 10 * stride + 0 * V.Count); s10_1 = V.Load(c + 10 * stride + 1 * V.Count); }
            if (H.Count > 11) { s11_0 = V.Load(c + 11 * stride + 0 * V.Count); s11_1 = V.Load(c + 11 * stride + 1 * V.Count); }
        }
        var a0 = a + 0 * row;
        var a1 = a + 1 * row;
        var a2 = a + 2 * row;
        var a3 = a + 3 * row;
        var a4 = a + 4 * row;
        var a5 = a + 5 * row;
        var a6 = a + 6 * row;
        var a7 = a + 7 * row;
        var a8 = a + 8 * row;
        var a9 = a + 9 * row;
        var a10 = a + 10 * row;
        var a11 = a + 11 * row;
        for (nint at = 0, end = depth * step; at != end; at += step, b += Wide * V.Count)
        {
            V x, b0 = V.Load(b + 0 * V.Count), b1 = V.Load(b + 1 * V.Count);
            if (H.Count > 0) { x = V.Broadcast(a0[at]); s0_0 = V.Fma(x, b0, s0_0); s0_1 = V.Fma(x, b1, s0_1); }
            if (H.Count > 1) { x = V.Broadcast(a1[at]); s1_0 = V.Fma(x, b0, s1_0); s1_1 = V.Fma(x, b1, s1_1); }
            if (H.Count > 2) { x = V.Broadcast(a2[at]); s2_0 = V.Fma(x, b0, s2_0); s2_1 = V.Fma(x, b1, s2_1); }
            if (H.Count > 3) { x = V.Broadcast(a3[at]); s3_0 = V.Fma(x, b0, s3_0); s3_1 = V.Fma(x, b1, s3_1); }
            if (H.Count > 4) { x = V.Broadcast(a4[at]); s4_0 = V.Fma(x, b0, s4_0); s4_1 = V.Fma(x, b1, s4_1); }
            if (H.Count > 5) { x = V.Broadcast(a5[at]); s5_0 = V.Fma(x, b0, s5_0); s5_1 = V.Fma(x, b1, s5_1); }
            if (H.Count > 6) { x = V.Broadcast(a6[at]); s6_0 = V.Fma(x, b0, s6_0); s6_1 = V.Fma(x, b1, s6_1); }
            if (H.Count > 7) { x = V.Broadcast(a7[at]); s7_0 = V.Fma(x, b0, s7_0); s7_1 = V.Fma(x, b1, s7_1); }
            if (H.Count > 8) { x = V.Broadcast(a8[at]); s8_0 = V.Fma(x, b0, s8_0); s8_1 = V.Fma(x, b1, s8_1); }
            if (H.Count > 9) { x = V.Broadcast(a9[at]); s9_0 = V.Fma(x, b0, s9_0); s9_1 = V.Fma(x, b1, s9_1); }
            if (H.Count > 10) { x = V.Broadcast(a10[at]); s10_0 = V.Fma(x, b0, s10_0); s10_1 = V.Fma(x, b1, s10_1); }
            if (H.Count > 11) { x = V.Broadcast(a11[at]); s11_0 = V.Fma(x, b0, s11_0); s11_1 = V.Fma(x, b1, s11_1); }
        }
        if (H.Count > 0) { V.Store(s0_0, c + 0 * stride + 0 * V.Count); V.Store(s0_1, c + 0 * stride + 1 * V.Count); }
        if (H.Count > 1) { V.Store(s1_0, c + 1 * stride + 0 * V.Count); V.Store(s1_1, c + 1 * stride + 1 * V.Count); }
        if (H.Count > 2) { V.Store(s2_0, c + 2 * stride + 0 * V.Count); V.Store(s2_1, c + 2 * stride + 1 * V.Count); }
        if (H.Count > 3) { V.Store(s3_0, c + 3 * stride + 0 * V.Count); V.Store(s3_1, c + 3 * stride + 1 * V.Count); }
        if (H.Count > 4) { V.Store(s4_0, c + 4 * stride + 0 * V.Count); V.Store(s4_1, c + 4 * stride + 1 * V.Count); }
        if (H.Count > 5) { V.Store(s5_0, c + 5 * stride + 0 * V.Count); V.Store(s5_1, c + 5 * stride + 1 * V.Count); }
        if (H.Count > 6) { V.Store(s6_0, c + 6 * stride + 0 * V.Count); V.Store(s6_1, c + 6 * stride + 1 * V.Count); }
        if (H.Count > 7) { V.Store(s7_0, c + 7 * stride + 0 * V.Count); V.Store(s7_1, c + 7 * stride + 1 * V.Count); }
        if (H.Count > 8) { V.Store(s8_0, c + 8 * stride + 0 * V.Count); V.Store(s8_1, c + 8 * stride + 1 * V.Count); }
        if (H.Count > 9) { V.Store(s9_0, c + 9 * stride + 0 * V.Count); V.Store(s9_1, c + 9 * stride + 1 * V.Count); }
        if (H.Count > 10) { V.Store(s10_0, c + 10 * stride + 0 * V.Count); V.Store(s10_1, c + 10 * stride + 1 * V.Count); }
        if (H.Count > 11) { V.Store(s11_0, c + 11 * stride + 0 * V.Count); V.Store(s11_1, c + 11 * stride + 1 * V.Count); }
    }
}
