namespace Limen;

/// <summary>How scores become label sets: see <see cref="Decisions"/>.</summary>
public sealed class Decision
{
    internal Decision(Core.Rule rule) => Rule = rule;

    internal Core.Rule Rule { get; }

    /// <summary>The rule with its numbers.</summary>
    public override string ToString() => Rule.ToString();

    internal IEnumerable<string> Faults() => Core.RuleModule.faults(Rule).Select(fault => "decision: " + fault);
}
