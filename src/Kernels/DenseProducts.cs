namespace Limen.Kernels;

/// <summary>
/// The three products of dense float32 matrices that a layer's step is made of: c = a b', c += a b and c = a' b. With hidden units h [B, H], weights W [L, H] and slopes
/// dz [B, L] they are z = h W', dh += dz W and dW = dz' h. Any size may be 0; a sum over nothing is 0.
/// </summary>
/// <remarks>
/// A number of c is one chain of fused multiply-adds in the order of k, begun at 0 or, where it is added to, at what c holds:
/// s := fl(a_k b_k + s). Nothing else enters it. So it has the same bits whatever rows and columns stand beside it, in a row alone as in a batch, in a block of a matrix
/// as in the whole, whether the k are added at once or in several calls, at every vector width, with any number of threads, and in the plain definitions; of a NaN alone the payload is open.
/// Infinities and NaN go the way that IEEE 754 gives them in that chain. The memory of c must not overlap that of a or b.
/// </remarks>
public static unsafe partial class DenseProducts
{
    /// <summary>c [M, N] = a [M, K] b', b [N, K].</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void MultiplyTransposed(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        Require(b.Rows, b.Columns, b.Rows, a.Columns, nameof(b));
        Require(c.Rows, c.Columns, a.Rows, b.Rows, nameof(c));
        fixed (float* x = a.Numbers, y = b.Numbers, z = c.Numbers)
        {
            var blocks = new BlockTasks<TransposedPanels>(new(x, a.Stride, 1), new(y, b.Stride), z, c.Stride, c.Rows, c.Columns, a.Columns, adds: false);
            if (a.Rows == 1) Lanes.For(blocks.Count, new RowTasks(x, y, b.Stride, z, c.Columns, a.Columns, blocks));
            else Lanes.For(blocks.Count, blocks);
        }
    }

    /// <summary>c [M, N] += a [M, K] b [K, N].</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void AddProduct(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        Require(b.Rows, b.Columns, a.Columns, b.Columns, nameof(b));
        Require(c.Rows, c.Columns, a.Rows, b.Columns, nameof(c));
        fixed (float* x = a.Numbers, y = b.Numbers, z = c.Numbers)
        {
            var blocks = new BlockTasks<CopiedPanels>(new(x, a.Stride, 1), new(y, b.Stride), z, c.Stride, c.Rows, c.Columns, a.Columns, adds: true);
            Lanes.For(blocks.Count, blocks);
        }
    }

    /// <summary>c [M, N] = a' b, a [K, M], b [K, N].</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public static void TransposeMultiply(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        Require(b.Rows, b.Columns, a.Rows, b.Columns, nameof(b));
        Require(c.Rows, c.Columns, a.Columns, b.Columns, nameof(c));
        fixed (float* x = a.Numbers, y = b.Numbers, z = c.Numbers)
        {
            var blocks = new BlockTasks<CopiedPanels>(new(x, 1, a.Stride), new(y, b.Stride), z, c.Stride, c.Rows, c.Columns, a.Rows, adds: false);
            Lanes.For(blocks.Count, blocks);
        }
    }

    private static void Require(int rows, int columns, int expectedRows, int expectedColumns, string name)
    {
        if (rows != expectedRows || columns != expectedColumns)
            throw new ArgumentException($"expected a matrix [{expectedRows}, {expectedColumns}], received [{rows}, {columns}]", name);
    }
}
