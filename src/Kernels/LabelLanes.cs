using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Limen.Kernels;

/// <summary>
/// Up to 16 labels trained side by side, one per lane of a vector: a row's features are read once for all of them.
/// The lanes do not influence each other: each one takes exactly the steps that it would take alone.
/// </summary>
internal abstract unsafe class LabelLanes
{
    public const int Width = 16;

    /// <summary>The most features and rows of which one array holds a number for each label.</summary>
    public static readonly int MostFeatures = Array.MaxLength / Width - 2, MostRows = Array.MaxLength / Width;

    private readonly float[] memory;
    private readonly ushort[] positive;
    private readonly float* weights;
    private readonly int biasFeature;

    protected LabelLanes(LinearRows rows, DualOptions options)
    {
        var x = rows.X;
        X = x;
        Options = options;
        Bias = (float)options.Bias;
        biasFeature = x.Columns;
        positive = new ushort[x.Rows];
        memory = GC.AllocateArray<float>(Shapes.Length(x.Columns + 2L, Width, nameof(x)), pinned: true);
        weights = CacheLines.Align((float*)Unsafe.AsPointer(ref memory[0]));
    }

    protected CsrMatrix X { get; }

    protected DualOptions Options { get; }

    protected float Bias { get; }

    /// <summary>Trains labels, at most <see cref="Width"/>, given the positive rows of every label [L, N]; afterwards <see cref="Weight"/> holds their weights.</summary>
    public void Train(CsrMatrix positives, ReadOnlySpan<int> labels, RowOrders orders)
    {
        Array.Clear(memory);
        Array.Clear(positive);
        for (var lane = 0; lane < labels.Length; lane++)
            foreach (var row in positives.RowIndices(labels[lane]))
                positive[row] |= (ushort)(1 << lane);
        var live = (1 << labels.Length) - 1;
        Start();
        for (var pass = 0; pass < Options.MaxPasses && live != 0; pass++)
        {
            CancellationScope.ThrowIfCancelled();
            live = Pass(pass, orders[pass], live);
        }
    }

    /// <summary>The weight of a feature for the label of a lane; the feature after the last one is the bias.</summary>
    public float Weight(int feature, int lane) => weights[(nint)feature * Width + lane];

    /// <summary>C_i, C times the row's weight; at least so much that float32 holds it and its inverse.</summary>
    protected double Cost(LinearRows rows, int row) => Math.Max(1e-30, Options.C * rows.Weight(row));

    /// <summary>Before the first pass.</summary>
    protected abstract void Start();

    /// <summary>One pass over the rows in the given order; returns the lanes that are not done yet.</summary>
    protected abstract int Pass(int pass, int[] order, int live);

    /// <summary>+1 in the lanes whose label the row has, -1 in the others.</summary>
    protected Vector512<float> Signs(int row) => Vector512.ConditionalSelect(Lanes(positive[row]), Vector512<float>.One, -Vector512<float>.One);

    /// <summary>All bits set in the lanes of the mask.</summary>
    protected static Vector512<float> Lanes(int mask)
    {
        var bits = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector512.Equals(Vector512.Create(mask) & bits, bits).AsSingle();
    }

    /// <summary>w . x of a row in each lane, the bias included.</summary>
    protected Vector512<float> Dot(int row)
    {
        var count = X.RowStart[row + 1] - X.RowStart[row];
        fixed (int* index0 = X.Indices)
        fixed (float* value0 = X.Values)
        {
            var index = index0 + X.RowStart[row];
            var value = value0 + X.RowStart[row];
            var a = Vector512.LoadAligned(weights + (nint)biasFeature * Width) * Bias;
            var b = Vector512<float>.Zero;
            var c = Vector512<float>.Zero;
            var d = Vector512<float>.Zero;
            var k = 0;
            for (; k + 4 <= count; k += 4)
            {
                a = Vector512.FusedMultiplyAdd(Vector512.Create(value[k]), Vector512.LoadAligned(weights + (nint)index[k] * Width), a);
                b = Vector512.FusedMultiplyAdd(Vector512.Create(value[k + 1]), Vector512.LoadAligned(weights + (nint)index[k + 1] * Width), b);
                c = Vector512.FusedMultiplyAdd(Vector512.Create(value[k + 2]), Vector512.LoadAligned(weights + (nint)index[k + 2] * Width), c);
                d = Vector512.FusedMultiplyAdd(Vector512.Create(value[k + 3]), Vector512.LoadAligned(weights + (nint)index[k + 3] * Width), d);
            }
            for (; k < count; k++)
                a = Vector512.FusedMultiplyAdd(Vector512.Create(value[k]), Vector512.LoadAligned(weights + (nint)index[k] * Width), a);
            return (a + b) + (c + d);
        }
    }

    /// <summary>w += step * x in each lane, the bias included.</summary>
    protected void Add(int row, Vector512<float> step)
    {
        var count = X.RowStart[row + 1] - X.RowStart[row];
        fixed (int* index0 = X.Indices)
        fixed (float* value0 = X.Values)
        {
            var index = index0 + X.RowStart[row];
            var value = value0 + X.RowStart[row];
            for (var k = 0; k < count; k++)
                AddAt(weights + (nint)index[k] * Width, value[k], step);
            AddAt(weights + (nint)biasFeature * Width, Bias, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddAt(float* weight, float value, Vector512<float> step) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(value), step, Vector512.LoadAligned(weight)).StoreAligned(weight);

    /// <summary>The lanes in which a comparison holds, as a mask.</summary>
    protected static int Mask(Vector512<float> comparison) => (int)comparison.ExtractMostSignificantBits();
}
