namespace Limen;

/// <summary>What a decision is fitted for: see <see cref="Objectives"/>.</summary>
public sealed class Objective
{
    private readonly Func<Core.LabelSpace, Core.Objective> resolve;
    private readonly Core.LabelSpace named;

    internal Objective(Core.Objective objective)
        : this(_ => objective, []) { }

    /// <summary>An objective that names labels.</summary>
    internal Objective(Func<Core.LabelSpace, Core.Objective> resolve, IEnumerable<string> named)
    {
        this.resolve = resolve;
        this.named = new Core.LabelSpace([.. named]);
    }

    internal Core.Objective Resolve(Core.LabelSpace labels) => resolve(labels);

    internal IEnumerable<string> Faults() =>
        Core.ObjectiveModule.faults(named.Count, Resolve(named)).Select(fault => "objective: " + fault);

    /// <summary>The labels that it names and the data do not have.</summary>
    internal IEnumerable<string> FaultsOf(Core.LabelSpace labels) =>
        named
            .Names.Where(name => labels.TryId(name) is null)
            .Select(name => $"objective: expected labels of the training rows, received \"{name}\"");
}
