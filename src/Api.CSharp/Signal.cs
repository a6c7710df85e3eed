namespace Limen;

/// <summary>What a threshold may know besides its label: see <see cref="Signals"/>.</summary>
public sealed class Signal
{
    private readonly string name;

    internal Signal(string name, Core.IdfSmoothing global)
    {
        this.name = name;
        Global = global;
    }

    internal Signal(string name, Core.LocalSignalSpec local)
    {
        this.name = name;
        Local = local;
    }

    internal Core.IdfSmoothing? Global { get; }

    internal Core.LocalSignalSpec? Local { get; }

    /// <summary>The signal's name.</summary>
    public override string ToString() => name;

    /// <summary>The one global signal of several, if any.</summary>
    internal static Core.IdfSmoothing? GlobalOf(IEnumerable<Signal> signals) => signals.FirstOrDefault(s => s.Global is not null)?.Global;

    /// <summary>The one local signal of several, if any.</summary>
    internal static Core.LocalSignalSpec? LocalOf(IEnumerable<Signal> signals) => signals.FirstOrDefault(s => s.Local is not null)?.Local;

    /// <summary>The neighbours of several signals, if any: the only local signal that thresholds for foreign scores can have.</summary>
    /// <exception cref="ModelConfigurationException">Another local signal is among them.</exception>
    internal static Core.FeatureKnnOptions? NeighboursOf(IEnumerable<Signal> signals) =>
        LocalOf(signals) switch
        {
            null => null,
            Core.LocalSignalSpec.FeatureKnn knn => knn.Item,
            var other => throw new ModelConfigurationException(
                [$"signals: expected FeatureKnn as the local signal of thresholds for foreign scores, received {Core.LocalSignalSpecModule.name(other)}"]
            ),
        };

    /// <summary>More than one signal of a kind is a fault.</summary>
    internal static IEnumerable<string> Faults(IReadOnlyList<Signal> signals)
    {
        Signal[] global = [.. signals.Where(s => s.Global is not null)];
        Signal[] local = [.. signals.Where(s => s.Local is not null)];
        if (global.Length > 1) yield return $"signals: expected at most one global signal, received {string.Join(" and ", global.AsEnumerable())}";
        if (local.Length > 1) yield return $"signals: expected at most one local signal, received {string.Join(" and ", local.AsEnumerable())}";
    }
}
