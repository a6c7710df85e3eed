namespace Limen.Kernels;

public static unsafe partial class DenseProducts
{
    /// <summary>The definition of <see cref="MultiplyTransposed"/>: c_mn = sum over k of a_mk b_nk.</summary>
    public static void MultiplyTransposedPlain(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        for (var m = 0; m < c.Rows; m++)
            for (var n = 0; n < c.Columns; n++)
            {
                var sum = 0f;
                for (var k = 0; k < a.Columns; k++) sum = MathF.FusedMultiplyAdd(a[m, k], b[n, k], sum);
                c[m, n] = sum;
            }
    }

    /// <summary>The definition of <see cref="AddProduct"/>: c_mn += sum over k of a_mk b_kn.</summary>
    public static void AddProductPlain(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        for (var m = 0; m < c.Rows; m++)
            for (var n = 0; n < c.Columns; n++)
                for (var k = 0; k < a.Columns; k++) c[m, n] = MathF.FusedMultiplyAdd(a[m, k], b[k, n], c[m, n]);
    }

    /// <summary>The definition of <see cref="TransposeMultiply"/>: c_mn = sum over k of a_km b_kn.</summary>
    public static void TransposeMultiplyPlain(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c)
    {
        for (var m = 0; m < c.Rows; m++)
            for (var n = 0; n < c.Columns; n++)
            {
                var sum = 0f;
                for (var k = 0; k < a.Rows; k++) sum = MathF.FusedMultiplyAdd(a[k, m], b[k, n], sum);
                c[m, n] = sum;
            }
    }
}
