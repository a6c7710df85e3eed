namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    /// <summary>The right factor, a matrix [K, N] as its products read it: in panels with the columns of one k side by side.</summary>
    private interface IPanels
    {
        /// <summary>Fills a panel whose k lie width numbers apart with columns column .. column + columns - 1 of k from .. from + depth - 1.</summary>
        void Fill(float* panel, int width, int column, int columns, nint from, int depth);
    }

    /// <summary>[K, N] in memory.</summary>
    private readonly struct CopiedPanels(float* b, nint stride) : IPanels
    {
        public void Fill(float* panel, int width, int column, int columns, nint from, int depth) =>
            Copy(b + from * stride + column, stride, panel, width, depth, columns);
    }

    /// <summary>[N, K] in memory.</summary>
    private readonly struct TransposedPanels(float* b, int stride) : IPanels
    {
        public void Fill(float* panel, int width, int column, int columns, nint from, int depth) =>
            Transposition.Copy(b + (nint)column * stride + from, stride, columns, depth, panel, width);
    }
}
