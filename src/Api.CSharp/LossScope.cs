namespace Limen;

/// <summary>Which pairs of a batch a loss is formed over.</summary>
public enum LossScope
{
    /// <summary>Over the rows of each label, then the mean over labels.</summary>
    PerLabel,

    /// <summary>Over the labels of each row, then the mean over rows.</summary>
    PerRow,

    /// <summary>Over all pairs of the batch.</summary>
    Global,
}
