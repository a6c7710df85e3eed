using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    /// <summary>
    /// c [N] = b a for one row a [K] and b [N, K]: numbers of b that are read once become columns in registers. One task is a block of columns of c,
    /// multiplied as a block of any matrix is where it has fewer than eight columns or there are no vectors of eight numbers.
    /// </summary>
    private readonly struct RowTasks(float* a, float* b, nint stride, float* c, int columns, int depth, BlockTasks<TransposedPanels> blocks) : ILaneTasks
    {
        private const int Eight = 8;

        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            nint first = task * TaskColumns, last = nint.Min(columns, first + TaskColumns) - Eight;
            if (!Avx.IsSupported || T.Count < Eight || last < first) blocks.Run<T>(task);
            else
                for (var j = first; j < last + Eight; j += 2 * Eight) // eight columns that would reach beyond the last one overlap others
                    Sums(nint.Min(j, last), nint.Min(j + Eight, last));
        }

        /// <summary>Two eights of columns: their rows of b are as many as the first-level cache holds where they lie a power of 2 apart.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Sums(nint j0, nint j1)
        {
            float* row = a, b0 = b + j0 * stride, b1 = b + j1 * stride;
            Vector256<float> s0 = Vector256<float>.Zero, s1 = s0;
            nint k = 0, step = stride;
            for (; k <= depth - 2 * Eight; k += 2 * Eight) // all numbers of a cache line at once
            {
                s0 = Chain(row + k + Eight, b0 + k + Eight, step, Chain(row + k, b0 + k, step, s0));
                s1 = Chain(row + k + Eight, b1 + k + Eight, step, Chain(row + k, b1 + k, step, s1));
            }
            for (; k < depth; k++)
            {
                s0 = Link(row + k, b0 + k, step, s0);
                s1 = Link(row + k, b1 + k, step, s1);
            }
            s0.Store(c + j0);
            s1.Store(c + j1);
        }

        /// <summary>The chain of eight columns, over eight k.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Chain(float* a, float* b, nint stride, Vector256<float> sum)
        {
            Transposition.Columns(b, stride, out var c0, out var c1, out var c2, out var c3, out var c4, out var c5, out var c6, out var c7);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[0]), c0, sum);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[1]), c1, sum);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[2]), c2, sum);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[3]), c3, sum);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[4]), c4, sum);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[5]), c5, sum);
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[6]), c6, sum);
            return Vector256.FusedMultiplyAdd(Vector256.Create(a[7]), c7, sum);
        }

        /// <summary>One k of it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Link(float* a, float* b, nint stride, Vector256<float> sum)
        {
            var column = Vector256.Create(b[0], b[stride], b[2 * stride], b[3 * stride], b[4 * stride], b[5 * stride], b[6 * stride], b[7 * stride]);
            return Vector256.FusedMultiplyAdd(Vector256.Create(*a), column, sum);
        }
    }
}
