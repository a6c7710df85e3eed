using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Limen.Kernels;

/// <summary>The transpose of a dense matrix: number (r, c) of [rows, columns] goes to (c, r).</summary>
internal static unsafe class Transposition
{
    /// <summary>The strides say how far apart rows of either matrix lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* from, int fromStride, int rows, int columns, float* to, int toStride)
    {
        var (wholeRows, wholeColumns) = Avx.IsSupported ? (rows & ~7, columns & ~7) : (0, 0);
        for (var c = 0; c < wholeColumns; c += 16)
            for (var r = 0; r < wholeRows; r += 8)
                for (var half = c; half < Math.Min(c + 16, wholeColumns); half += 8)
                    Eight(from + (nint)r * fromStride + half, fromStride, to + (nint)half * toStride + r, toStride);
        for (var r = 0; r < rows; r++)
            for (var c = r < wholeRows ? wholeColumns : 0; c < columns; c++)
                to[(nint)c * toStride + r] = from[(nint)r * fromStride + c];
    }

    /// <summary>Columns 0 to 7 of eight rows that lie a stride apart; needs <see cref="Avx"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Columns(
        float* from, nint stride,
        out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3,
        out Vector256<float> c4, out Vector256<float> c5, out Vector256<float> c6, out Vector256<float> c7)
    {
        // rows 0 and 4, 1 and 5, ... beside each other, so that 4 x 4 transposes of both halves are the whole
        Pairs(from, stride, out c0, out c1, out c2, out c3);
        Pairs(from + 4, stride, out c4, out c5, out c6, out c7);
        Quarter(ref c0, ref c1, ref c2, ref c3);
        Quarter(ref c4, ref c5, ref c6, ref c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* from, nint fromStride, float* to, nint toStride)
    {
        Columns(from, fromStride, out var c0, out var c1, out var c2, out var c3, out var c4, out var c5, out var c6, out var c7);
        c0.Store(to);
        c1.Store(to + toStride);
        c2.Store(to + 2 * toStride);
        c3.Store(to + 3 * toStride);
        c4.Store(to + 4 * toStride);
        c5.Store(to + 5 * toStride);
        c6.Store(to + 6 * toStride);
        c7.Store(to + 7 * toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(float* from, nint stride, out Vector256<float> r0, out Vector256<float> r1, out Vector256<float> r2, out Vector256<float> r3)
    {
        r0 = Vector256.Create(Vector128.Load(from), Vector128.Load(from + 4 * stride));
        r1 = Vector256.Create(Vector128.Load(from + stride), Vector128.Load(from + 5 * stride));
        r2 = Vector256.Create(Vector128.Load(from + 2 * stride), Vector128.Load(from + 6 * stride));
        r3 = Vector256.Create(Vector128.Load(from + 3 * stride), Vector128.Load(from + 7 * stride));
    }

    /// <summary>Rows to columns, in both halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(ref Vector256<float> v0, ref Vector256<float> v1, ref Vector256<float> v2, ref Vector256<float> v3)
    {
        Vector256<float> low01 = Avx.UnpackLow(v0, v1), high01 = Avx.UnpackHigh(v0, v1), low23 = Avx.UnpackLow(v2, v3), high23 = Avx.UnpackHigh(v2, v3);
        v0 = Avx.Shuffle(low01, low23, 0b01_00_01_00);
        v1 = Avx.Shuffle(low01, low23, 0b11_10_11_10);
        v2 = Avx.Shuffle(high01, high23, 0b01_00_01_00);
        v3 = Avx.Shuffle(high01, high23, 0b11_10_11_10);
    }
}
