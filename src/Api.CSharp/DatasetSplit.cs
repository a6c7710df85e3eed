namespace Limen;

/// <summary>The parts of a data set; all of them know the same labels.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Validation">Held-out rows, for early stopping and for the decision.</param>
/// <param name="Test">Rows that are only ever measured.</param>
public sealed record DatasetSplit(MultiLabelDataset Train, MultiLabelDataset? Validation, MultiLabelDataset? Test);
