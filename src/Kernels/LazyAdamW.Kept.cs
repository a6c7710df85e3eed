using System.Runtime.InteropServices;

namespace Limen.Kernels;

/// <summary>All that a <see cref="LazyAdamW"/> knows besides its settings, as arrays that can be stored.</summary>
/// <param name="Places">For each row its place among the moments, counted from 1; 0 where it was never touched.</param>
/// <param name="Last">For each row the step that its moments are of.</param>
/// <param name="Seen">For each row the step that its weights are of.</param>
/// <param name="LogKeep">By step, what <see cref="LazyAdamW"/> remembers of weight decay.</param>
/// <param name="Moved">By step, what it remembers of updates.</param>
/// <param name="Moments">The moments, two of 16 bits in a number, chunk by chunk.</param>
public sealed record KeptMoments(int[] Places, int[] Last, int[] Seen, double[] LogKeep, double[] Moved, int[][] Moments);

public sealed unsafe partial class LazyAdamW
{
    /// <summary>A copy of its state: restored, the steps that follow are the same, bit for bit.</summary>
    public KeptMoments Keep() => new(
        [.. _rows.Select(row => row.Place + 1)],
        [.. _rows.Select(row => row.Last)],
        [.. _rows.Select(row => row.Seen)],
        [.. _logKeep],
        [.. _moved],
        [.. _moments.Copy().Select(chunk => MemoryMarshal.Cast<ushort, int>(chunk).ToArray())]);

    /// <summary>Takes a state that one for a matrix of the same sizes has kept.</summary>
    /// <exception cref="ArgumentException">The state is of other sizes.</exception>
    public void Restore(KeptMoments kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        foreach (var part in new Array[] { kept.Places, kept.Last, kept.Seen, kept.LogKeep, kept.Moved, kept.Moments })
            ArgumentNullException.ThrowIfNull(part, nameof(kept));
        foreach (var chunk in kept.Moments) ArgumentNullException.ThrowIfNull(chunk, nameof(kept));
        foreach (var ofRows in new[] { kept.Places, kept.Last, kept.Seen }) Shapes.Require(ofRows.Length, _rows.Length, nameof(kept));
        Shapes.Require(kept.Moved.Length, kept.LogKeep.Length, nameof(kept));
        foreach (var place in kept.Places) ArgumentOutOfRangeException.ThrowIfNegative(place, nameof(kept));
        Shapes.RequireRows(kept.Last, kept.LogKeep.Length, nameof(kept));
        Shapes.RequireRows(kept.Seen, kept.LogKeep.Length, nameof(kept));
        _moments.Restore(kept.Places.DefaultIfEmpty().Max(), [.. kept.Moments.Select(chunk => MemoryMarshal.Cast<int, ushort>(chunk).ToArray())]);
        for (var row = 0; row < _rows.Length; row++)
            _rows[row] = new() { Place = kept.Places[row] - 1, Last = kept.Last[row], Seen = kept.Seen[row] };
        Replace(_logKeep, kept.LogKeep);
        Replace(_moved, kept.Moved);
        foreach (var powers in new[] { _beta1, _beta2, _ratios }) Replace(powers, [1]);
        for (var step = 0; step < kept.LogKeep.Length; step++) AddPowers();
    }

    private static void Replace(List<double> values, double[] by)
    {
        values.Clear();
        values.AddRange(by);
    }
}
