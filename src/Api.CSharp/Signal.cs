namespace Limen;

/// <summary>What a threshold may know besides its label: see <see cref="Signals"/>.</summary>
public sealed class Signal
{
    private readonly string name;

    internal Signal(Core.GlobalSignalSpec global)
    {
        name = global.Name;
        Global = global;
    }

    internal Signal(Core.LocalSignalSpec local)
    {
        name = local.Name;
        Local = local;
    }

    internal Core.GlobalSignalSpec? Global { get; }

    internal Core.LocalSignalSpec? Local { get; }

    /// <summary>The signal's name.</summary>
    public override string ToString() => name;

    /// <summary>The one global signal of several, if any.</summary>
    internal static Core.GlobalSignalSpec? GlobalOf(IEnumerable<Signal> signals) => signals.FirstOrDefault(s => s.Global is not null)?.Global;

    /// <summary>The one local signal of several, if any.</summary>
    internal static Core.LocalSignalSpec? LocalOf(IEnumerable<Signal> signals) => signals.FirstOrDefault(s => s.Local is not null)?.Local;

    /// <summary>More than one signal of a kind is a fault.</summary>
    internal static IEnumerable<string> Faults(IReadOnlyList<Signal> signals)
    {
        Signal[] global = [.. signals.Where(s => s.Global is not null)];
        Signal[] local = [.. signals.Where(s => s.Local is not null)];
        if (global.Length > 1) yield return TooMany("global", global);
        if (local.Length > 1) yield return TooMany("local", local);
    }

    private static string TooMany(string kind, IEnumerable<Signal> received) =>
        $"signals: expected at most one {kind} signal, received {string.Join(" and ", received)}";
}
