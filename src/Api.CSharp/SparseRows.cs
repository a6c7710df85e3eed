using Limen.Kernels;

namespace Limen;

/// <summary>Sparse matrices from what callers hand over, checked row by row.</summary>
internal static class SparseRows
{
    /// <summary>Rows of (column, value) pairs in any order; null columns: one more than the largest that was met.</summary>
    /// <exception cref="ArgumentException">A column below 0, from columns on, or twice in a row; a value that is infinite, or NaN where none may be
    /// missing.</exception>
    public static CsrMatrix Create(IEnumerable<IEnumerable<(int Column, float Value)>> rows, int? columns, string what, bool mayBeMissing = false)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (start, indices, values) = (new List<int> { 0 }, new List<int>(), new List<float>());
        foreach (var row in rows)
        {
            ArgumentNullException.ThrowIfNull(row, nameof(rows));
            foreach (var (column, value) in row.OrderBy(pair => pair.Column))
            {
                var place = $"row {start.Count}: ";
                if (column < 0 || column >= (columns ?? int.MaxValue))
                    throw new ArgumentException($"{place}expected {what} ids {Range(columns)}, received {column}", nameof(rows));
                if (indices.Count > start[^1] && indices[^1] == column)
                    throw new ArgumentException($"{place}expected each {what} once, received {column} twice", nameof(rows));
                if (!float.IsFinite(value) && !(mayBeMissing && float.IsNaN(value)))
                    throw new ArgumentException($"{place}expected finite values, received {value} for {what} {column}", nameof(rows));
                indices.Add(column);
                values.Add(value);
            }
            start.Add(indices.Count);
        }
        var width = columns ?? (indices.Count == 0 ? 0 : indices.Max() + 1);
        return CsrMatrix.Trusted(start.Count - 1, width, [.. start], [.. indices], [.. values]);
    }

    /// <summary>Label sets [N, L] of label ids, which may repeat.</summary>
    /// <exception cref="ArgumentException">An id out of range.</exception>
    public static Core.LabelSets Sets(IReadOnlyList<IReadOnlyList<int>> labels, int count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Core.LabelSets.NewLabelSets(Create(labels.Select(row => row.Distinct().Select(label => (label, 1f))), count, "label"));
    }

    private static string Range(int? columns) => columns is { } n ? $"from 0 to {n - 1}" : "of 0 or more";
}
