namespace Limen.Kernels;

public static partial class TopK
{
    /// <summary>The definition of <see cref="Row"/> in score order: sort all labels by score, then label, and take k.</summary>
    public static int[] RowPlain(float[] scores, int k) =>
        [.. Enumerable.Range(0, (scores ?? throw new ArgumentNullException(nameof(scores))).Length)
            .Where(l => !float.IsNaN(scores[l]))
            .OrderByDescending(l => scores[l])
            .ThenBy(l => l)
            .Take(k)];
}
