namespace Limen;

/// <summary>
/// A saved model that cannot be used: damaged, incomplete, written by a newer version, or of another kind.
/// </summary>
public sealed class ModelFormatException : Exception
{
    internal ModelFormatException(string path, string reason, Exception? inner = null)
        : base($"{path}: {reason}", inner) => (Path, Reason) = (path, reason);

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>Why it cannot be used.</summary>
    public string Reason { get; }
}
