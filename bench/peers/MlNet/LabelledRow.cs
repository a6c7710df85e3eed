using Microsoft.ML.Data;

namespace Peers;

/// <summary>A row of the data.</summary>
/// <param name="Features">[D].</param>
/// <param name="Labels">The ids of its labels.</param>
internal sealed record LabelledRow(VBuffer<float> Features, int[] Labels)
{
    /// <summary>The rows that were written under a name, and how many labels there are.</summary>
    public static LabelledRows Read(string folder, string name)
    {
        var features = Csr.Read(Path.Combine(folder, $"{name}.features.csr"));
        var labels = Csr.Read(Path.Combine(folder, $"{name}.labels.csr"));
        return new(features.Columns, labels.Columns, [.. Enumerable.Range(0, features.Rows).Select(Row)]);

        LabelledRow Row(int row) =>
            new(
                new(features.Columns, features.RowIndices(row).Length, [.. features.RowValues(row)], [.. features.RowIndices(row)]),
                [.. labels.RowIndices(row)]);
    }
}

/// <summary>Rows of one space.</summary>
/// <param name="Features">D.</param>
/// <param name="Labels">L.</param>
/// <param name="Rows">The rows.</param>
internal sealed record LabelledRows(int Features, int Labels, LabelledRow[] Rows);
