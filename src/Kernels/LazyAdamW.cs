using System.Buffers;
using System.Runtime.CompilerServices;

namespace Limen.Kernels;

/// <summary>
/// AdamW for a weight matrix [D, H] of which a step touches few rows: a row that a step leaves out has gradient 0 there, and is brought
/// up to date when it is next wanted. Moments and weights move as dense <see cref="AdamW"/> moves them, but for the rounding of the moments,
/// which exist for touched rows alone and have 16 bits a number (<see cref="RowMoments"/>): an update is off by up to 1 % of its size, in either direction.
/// </summary>
/// <remarks>
/// A row last touched at step s has, k steps of gradient 0 later, moments beta1^k m and beta2^k v, so its update at step j is
/// rate_j sqrt(1 - beta2^j) / (1 - beta1^j) * r^(j - s) * m / sqrt(v) with r = beta1 / sqrt(beta2). The sum over the missed steps, each
/// shrunk by the weight decay that follows it, is one number for every row last brought up to date at s, kept per s with the rates and bias
/// corrections of the steps themselves. Two approximations: terms with r^(j - s) below 1e-10 are left out, and epsilon is held at its weight
/// in the first missed step, which matters only where sqrt(v) is near epsilon.
/// </remarks>
public sealed unsafe partial class LazyAdamW
{
    private const int RowsPerTask = 32;
    private const double Negligible = 1e-10;

    private readonly AdamWSettings _settings;
    private readonly int _width;
    private readonly Row[] _rows;
    private readonly RowMoments _moments;
    private readonly double _ratio;
    private readonly int _window;

    // by step s: ln of the product of 1 - rate decay up to s, and the sum of the updates after s per unit of m / sqrt(v)
    private readonly List<double> _logKeep = [0];
    private readonly List<double> _moved = [0];

    // by k: beta1^k, beta2^k, ratio^k
    private readonly List<double> _beta1 = [1];
    private readonly List<double> _beta2 = [1];
    private readonly List<double> _ratios = [1];

    /// <summary>Zero moments for a matrix of the given rows and width; the rate comes with each step.</summary>
    /// <exception cref="ArgumentException">beta1 is not below sqrt(beta2): the missed updates would not shrink.</exception>
    public LazyAdamW(int rows, int width, in AdamWSettings settings)
    {
        _ratio = settings.Beta1 / Math.Sqrt(settings.Beta2);
        if (!(_ratio < 1)) throw new ArgumentException($"expected beta1 < sqrt(beta2), received {settings.Beta1} and {settings.Beta2}", nameof(settings));
        _settings = settings;
        (_rows, _width) = (new Row[Shapes.Length(rows, nameof(rows))], width);
        _moments = new RowMoments(width);
        AddPowers();
        _window = _ratio > 0 ? (int)Math.Ceiling(Math.Log(Negligible) / Math.Log(_ratio)) : 1;
    }

    /// <summary>How many steps were made.</summary>
    public int Steps => _logKeep.Count - 1;

    /// <summary>Brings the given rows (each once) to the last step, as a forward pass that reads them needs.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree, or a row that the matrix does not have.</exception>
    public void CatchUp(Span<float> weights, ReadOnlySpan<int> rows)
    {
        Shapes.Require(weights.Length, (long)_rows.Length * _width, nameof(weights));
        Shapes.RequireRows(rows, _rows.Length, nameof(rows));
        fixed (float* w = weights)
        fixed (int* ids = rows)
            Lanes.For(Lanes.Tasks(rows.Length, RowsPerTask), new RowTasks<NoGradient>(this, w, ids, rows.Length, default, default));
    }

    /// <summary>Brings every row to the last step: before the weights are saved or judged.</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree.</exception>
    public void Flush(Span<float> weights)
    {
        Shapes.Require(weights.Length, (long)_rows.Length * _width, nameof(weights));
        fixed (float* w = weights)
            Lanes.For(Lanes.Tasks(_rows.Length, RowsPerTask), new RowTasks<NoGradient>(this, w, null, _rows.Length, default, default));
    }

    /// <summary>
    /// The next step, with its learning rate: the rows that a batch touches by their gradient, once they have caught up, all others by gradient 0. The gradient
    /// is that of <see cref="SparseLayer"/> for a gradient dOut [B, H] of its output, made row by row.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes that do not agree, a row that the matrix does not have, or a rate at which weight decay leaves nothing.</exception>
    public void Step(Span<float> weights, TouchedRows touched, ReadOnlySpan<float> dOut, float rate)
    {
        ArgumentNullException.ThrowIfNull(touched);
        Shapes.Require(dOut.Length, (long)touched.BatchRows * _width, nameof(dOut));
        fixed (int* starts = touched.Starts, rows = touched.EntryRows)
        fixed (float* values = touched.EntryValues, d = dOut)
            Step(weights, touched.Ids, new BatchGradient(new(starts, rows, values, d, _width)), rate);
    }

    /// <summary>The same for the given rows (each once) with their gradient [rows, H].</summary>
    /// <exception cref="ArgumentException">Shapes that do not agree, a row that the matrix does not have, or a rate at which weight decay leaves nothing.</exception>
    public void Step(Span<float> weights, ReadOnlySpan<int> rows, ReadOnlySpan<float> gradient, float rate)
    {
        Shapes.Require(gradient.Length, (long)rows.Length * _width, nameof(gradient));
        fixed (float* g = gradient)
            Step(weights, rows, new StoredGradient(g, _width), rate);
    }

    private void Step<TGradient>(Span<float> weights, ReadOnlySpan<int> rows, TGradient gradient, float rate) where TGradient : struct, IGradient
    {
        Shapes.Require(weights.Length, (long)_rows.Length * _width, nameof(weights));
        Shapes.RequireRows(rows, _rows.Length, nameof(rows));
        if (!(rate * _settings.WeightDecay < 1)) throw new ArgumentException($"expected rate * weight decay below 1, received {rate * _settings.WeightDecay}", nameof(rate));
        foreach (var id in rows)
            if (!_rows[id].Touched) _rows[id].Place = _moments.Add();
        var rule = new AdamWRule(_settings with { Rate = rate }, Steps + 1);
        fixed (float* w = weights)
        fixed (int* ids = rows)
            Lanes.For(Lanes.Tasks(rows.Length, RowsPerTask), new RowTasks<TGradient>(this, w, ids, rows.Length, gradient, rule));
        Remember(rate);
    }

    /// <summary>Adds the step that was just made to what each earlier one has missed.</summary>
    private void Remember(float rate)
    {
        var step = Steps + 1;
        var keep = 1 - (double)rate * _settings.WeightDecay;
        var logKeep = _logKeep[step - 1] + Math.Log(keep);
        var update = rate * Math.Sqrt(1 - Math.Pow(_settings.Beta2, step)) / (1 - Math.Pow(_settings.Beta1, step));
        for (var s = step - 1; s >= Math.Max(0, step - _window); s--)
        {
            update *= _ratio;
            _moved[s] += update / Math.Exp(logKeep - _logKeep[s]);
        }
        _logKeep.Add(logKeep);
        _moved.Add(0);
        AddPowers();
    }

    /// <summary>There are powers up to Steps + 1.</summary>
    private void AddPowers()
    {
        _beta1.Add(_beta1[^1] * _settings.Beta1);
        _beta2.Add(_beta2[^1] * _settings.Beta2);
        _ratios.Add(_ratios[^1] * _ratio);
    }

    /// <summary>The weights alone: the moments are rewritten by the next step that touches the row.</summary>
    private void CatchUpRow<T>(ref Row row, float* w) where T : struct, ILanes<T>
    {
        var seen = row.Seen;
        if (seen == Steps) return;
        row.Seen = Steps;
        var keep = (float)Math.Exp(_logKeep[Steps] - _logKeep[seen]);
        if (!row.Touched)
        {
            for (var i = 0; i < _width; i++) w[i] *= keep;
            return;
        }
        // m / (sqrt(v) + epsilon) of step seen from the moments of step last
        var missed = seen - row.Last;
        var moved = (float)(_moved[seen] * _ratios[missed]);
        var epsilon = (float)(_settings.Epsilon * Math.Sqrt((1 - _beta2[seen + 1]) / _beta2[missed + 1]));
        ushort* m = _moments.At(row.Place), v = m + _width;
        var h = 0;
        for (; h <= _width - T.Count; h += T.Count) CatchUp<T>(w + h, m + h, v + h, keep, moved, epsilon);
        for (; h < _width; h++) CatchUp<F1>(w + h, m + h, v + h, keep, moved, epsilon);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CatchUp<V>(float* w, ushort* m, ushort* v, float keep, float moved, float epsilon) where V : struct, ILanes<V>
    {
        var direction = RowMoments.LoadM<V>(m) / (V.Sqrt(RowMoments.LoadV<V>(v)) + V.Broadcast(epsilon));
        V.Store(V.Broadcast(keep) * (V.Load(w) - V.Broadcast(moved) * direction), w);
    }

    /// <summary>What is known of a row: where its moments are, the step that they are of, and the one that its weights are of, which may be later.</summary>
    private struct Row
    {
        private int _place;

        public int Last;

        public int Seen;

        /// <summary>Whether it has moments.</summary>
        public readonly bool Touched => _place > 0;

        public int Place
        {
            readonly get => _place - 1;
            set => _place = value + 1;
        }
    }

    /// <summary>The gradient [H] of the row with a number among those of a step, in memory [H] or elsewhere; null where there is none.</summary>
    private interface IGradient
    {
        float* Row<T>(int i, float* memory) where T : struct, ILanes<T>;
    }

    private readonly struct NoGradient : IGradient
    {
        public float* Row<T>(int i, float* memory) where T : struct, ILanes<T> => null;
    }

    private readonly struct StoredGradient(float* gradient, int width) : IGradient
    {
        public float* Row<T>(int i, float* memory) where T : struct, ILanes<T> => gradient + (long)i * width;
    }

    private readonly struct BatchGradient(SparseLayer.RowGradients gradients) : IGradient
    {
        public float* Row<T>(int i, float* memory) where T : struct, ILanes<T>
        {
            gradients.Row<T>(i, memory);
            return memory;
        }
    }

    /// <summary>Rows caught up and, where there is a gradient, stepped; without ids, all rows.</summary>
    private readonly struct RowTasks<TGradient>(LazyAdamW owner, float* w, int* ids, int count, TGradient gradient, AdamWRule rule)
        : ILaneTasks where TGradient : struct, IGradient
    {
        public void Run<T>(int task) where T : struct, ILanes<T>
        {
            var width = owner._width;
            var memory = ArrayPool<float>.Shared.Rent(width); // not on the stack: the width is the caller's
            fixed (float* room = memory)
                for (int i = task * RowsPerTask, end = Lanes.End(task, RowsPerTask, count); i < end; i++)
                {
                    var id = ids == null ? i : ids[i];
                    var weights = w + (long)id * width;
                    ref var row = ref owner._rows[id];
                    if (ids != null && i + 1 < count) Fetch(ids[i + 1]);
                    owner.CatchUpRow<T>(ref row, weights);
                    var g = gradient.Row<T>(i, room);
                    if (g == null) continue;
                    var missed = owner.Steps - row.Last;
                    var (keptM, keptV) = ((float)owner._beta1[missed], (float)owner._beta2[missed]);
                    rule.Apply<T>(weights, g, owner._moments.At(row.Place), keptM, keptV, RowMoments.Dither(owner.Steps), width);
                    row.Last = row.Seen = owner.Steps + 1;
                }
            ArrayPool<float>.Shared.Return(memory);
        }

        private void Fetch(int id)
        {
            Lanes.PrefetchRow(w + (long)id * owner._width, owner._width);
            ref var row = ref owner._rows[id];
            if (row.Touched) Lanes.PrefetchRow((float*)owner._moments.At(row.Place), owner._width); // m and v together are as long as a row
        }
    }
}
