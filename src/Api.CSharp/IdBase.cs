namespace Limen;

/// <summary>What the ids of a file count from.</summary>
public enum IdBase
{
    /// <summary>From 0, as XMC files do.</summary>
    Zero,

    /// <summary>From 1, as the files of LIBSVM's page do.</summary>
    One,
}
