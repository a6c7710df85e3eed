using System.Runtime.CompilerServices;

namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    /// <summary>Some columns of the right factor, a matrix [K, N], for some k: those of one k side by side, those of the next Step numbers on.</summary>
    private readonly struct Panel(float* first, nint step)
    {
        public readonly float* First = first;
        public readonly nint Step = step;
    }

    private interface IPanels
    {
        /// <summary>
        /// Columns column .. column + columns - 1 of k from .. from + depth - 1, where they are, or laid out in room; numbers beyond the last column mean nothing.
        /// For columns that are read once, laying them out does not pay.
        /// </summary>
        Panel Of<V>(nint column, int columns, nint from, int depth, float* room, bool once) where V : struct, ILanes<V>;
    }

    /// <summary>[K, N] in memory.</summary>
    private readonly struct CopiedPanels(float* b, nint stride) : IPanels
    {
        public Panel Of<V>(nint column, int columns, nint from, int depth, float* room, bool once) where V : struct, ILanes<V>
        {
            var first = b + from * stride + column;
            if (columns < Vectors * V.Count) Copy(first, stride, Cleared<V>(room, depth), Vectors * V.Count, depth, columns);
            else if (once) return new(first, stride);
            else Copy<V>(first, stride, room, depth);
            return new(room, Vectors * V.Count);
        }
    }

    /// <summary>[N, K] in memory.</summary>
    private readonly struct TransposedPanels(float* b, int stride) : IPanels
    {
        public Panel Of<V>(nint column, int columns, nint from, int depth, float* room, bool once) where V : struct, ILanes<V>
        {
            if (columns < Vectors * V.Count) Cleared<V>(room, depth);
            Transposition.Copy(b + column * stride + from, stride, columns, depth, room, Vectors * V.Count);
            return new(room, Vectors * V.Count);
        }
    }

    /// <summary>Numbers left over from elsewhere could be ones that processors are slow with.</summary>
    private static float* Cleared<V>(float* room, int depth) where V : struct, ILanes<V>
    {
        new Span<float>(room, depth * Vectors * V.Count).Clear();
        return room;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<V>(float* from, nint stride, float* to, nint depth) where V : struct, ILanes<V>
    {
        for (; depth > 0; depth--, from += stride, to += Vectors * V.Count) Store(V.Load(from), V.Load(from + V.Count), to);
    }

    private static void Copy(float* from, nint fromStride, float* to, nint toStride, int rows, int columns)
    {
        for (var r = 0; r < rows; r++, from += fromStride, to += toStride)
            new Span<float>(from, columns).CopyTo(new Span<float>(to, columns));
    }
}
