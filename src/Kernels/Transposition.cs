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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* from, nint fromStride, float* to, nint toStride)
    {
        // rows 0 and 4, 1 and 5, ... beside each other, so that 4 x 4 transposes of both halves are the whole
        Pairs(from, fromStride, out var a0, out var a1, out var a2, out var a3);
        Pairs(from + 4, fromStride, out var b0, out var b1, out var b2, out var b3);
        Quarter(a0, a1, a2, a3, to, toStride);
        Quarter(b0, b1, b2, b3, to + 4 * toStride, toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(float* from, nint stride, out Vector256<float> r0, out Vector256<float> r1, out Vector256<float> r2, out Vector256<float> r3)
    {
        r0 = Vector256.Create(Vector128.Load(from), Vector128.Load(from + 4 * stride));
        r1 = Vector256.Create(Vector128.Load(from + stride), Vector128.Load(from + 5 * stride));
        r2 = Vector256.Create(Vector128.Load(from + 2 * stride), Vector128.Load(from + 6 * stride));
        r3 = Vector256.Create(Vector128.Load(from + 3 * stride), Vector128.Load(from + 7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* to, nint stride)
    {
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1), low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        Avx.Shuffle(low01, low23, 0b01_00_01_00).Store(to);
        Avx.Shuffle(low01, low23, 0b11_10_11_10).Store(to + stride);
        Avx.Shuffle(high01, high23, 0b01_00_01_00).Store(to + 2 * stride);
        Avx.Shuffle(high01, high23, 0b11_10_11_10).Store(to + 3 * stride);
    }
}
