namespace Limen;

/// <summary>A configuration with faults: the message names all of them, not the first.</summary>
public sealed class ModelConfigurationException : ArgumentException
{
    internal ModelConfigurationException(IEnumerable<string> faults, Exception? inner = null)
        : this([.. faults], inner) { }

    private ModelConfigurationException(string[] faults, Exception? inner)
        : base("The configuration has faults:\n" + string.Join('\n', faults.Select(fault => "  - " + fault)), inner) =>
        Faults = faults;

    /// <summary>Every fault, a plain sentence each: what was expected, what was received.</summary>
    public IReadOnlyList<string> Faults { get; }
}
