using System.Globalization;

namespace Limen;

/// <summary>
/// What is written of an option: a name with its values, <c>focal(gamma=2)</c>, in which a value may be such an option again; a list, <c>[256, 128]</c>;
/// a number or a word; or a sum of weighted options, <c>bceWithThreshold + 0.1 margin(delta=0.1)</c>.
/// </summary>
internal abstract record Expression
{
    private Expression() { }

    /// <summary>A name or a number alone, or a name with values; a value without a name goes by its place.</summary>
    public sealed record Call(string Name, IReadOnlyList<(string? Name, Expression Value)> Values) : Expression
    {
        public override string ToString() => Values.Count == 0 ? Name : $"{Name}({string.Join(", ", Values.Select(Written))})";

        private static string Written((string? Name, Expression Value) v) => v.Name is null ? $"{v.Value}" : $"{v.Name}={v.Value}";
    }

    /// <summary>Values in brackets.</summary>
    public sealed record List(IReadOnlyList<Expression> Items) : Expression
    {
        public override string ToString() => $"[{string.Join(", ", Items)}]";
    }

    /// <summary>Two or more options with their weights.</summary>
    public sealed record Sum(IReadOnlyList<(double Weight, Expression Part)> Parts) : Expression
    {
        public override string ToString() =>
            string.Join(" + ", Parts.Select(p => p.Weight == 1 ? $"{p.Part}" : string.Create(CultureInfo.InvariantCulture, $"{p.Weight} {p.Part}")));
    }

    /// <summary>Reads what is written. Throws <see cref="ModelConfigurationException"/> with the place and what was expected there.</summary>
    /// <param name="what">What it is of, for the message: "loss".</param>
    /// <param name="text">What is written.</param>
    public static Expression Parse(string what, string text) => new Reader(what, text).Whole();

    /// <summary>The values of an option, as they stand between its brackets: <c>epochs=20, loss=focal</c>. Throws as <see cref="Parse"/> does.</summary>
    public static IReadOnlyList<(string? Name, Expression Value)> ParseValues(string what, string text) => new Reader(what, text).Values();

    private sealed class Reader(string what, string text)
    {
        private const int Deepest = 20;
        private int at;
        private int depth;

        public Expression Whole()
        {
            var found = Terms();
            Blanks();
            return at == text.Length ? found : throw Fault("the end");
        }

        public List<(string? Name, Expression Value)> Values()
        {
            List<(string?, Expression)> values = [];
            Blanks();
            if (at == text.Length) return values;
            do values.Add(Value());
            while (Skip(','));
            return at == text.Length ? values : throw Fault("the end or \",\"");
        }

        private Expression Terms()
        {
            if (++depth > Deepest) throw Fault($"options within options, at most {Deepest} deep");
            List<(double, Expression)> parts = [Term()];
            while (Skip('+')) parts.Add(Term());
            depth--;
            return parts is [(1, var only)] ? only : new Sum(parts);
        }

        /// <summary>An option, after its weight where it has one: <c>0.1 margin</c> or <c>0.1*margin</c>.</summary>
        private (double Weight, Expression Part) Term()
        {
            var first = One();
            if (first is not Call { Values.Count: 0 } word || !double.TryParse(word.Name, CultureInfo.InvariantCulture, out var weight)) return (1, first);
            var times = Skip('*');
            Blanks();
            return times || at < text.Length && char.IsLetter(text[at]) ? (weight, One()) : (1, first);
        }

        private Expression One()
        {
            if (Skip('[')) return new List([.. Until(']').Select(v => v.Name is null ? v.Value : throw Fault("values without names in a list"))]);
            var name = Word();
            return new Call(name, Skip('(') ? Until(')') : []);
        }

        private List<(string? Name, Expression Value)> Until(char end)
        {
            List<(string?, Expression)> values = [];
            if (Skip(end)) return values;
            do values.Add(Value());
            while (Skip(','));
            return Skip(end) ? values : throw Fault($"\"{end}\" or \",\"");
        }

        private (string? Name, Expression Value) Value()
        {
            var value = Terms();
            if (!Skip('=')) return (null, value);
            return value is Call { Values.Count: 0 } name ? (name.Name, Terms()) : throw Fault("a name before \"=\"");
        }

        private string Word()
        {
            Blanks();
            var from = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.' || IsExponentSign())) at++;
            return at > from ? text[from..at] : throw Fault("a name or a number");
        }

        /// <summary>The plus of 1e+5.</summary>
        private bool IsExponentSign() => text[at] == '+' && at > 1 && text[at - 1] is 'e' or 'E' && char.IsDigit(text[at - 2]);

        private bool Skip(char expected)
        {
            Blanks();
            if (at == text.Length || text[at] != expected) return false;
            at++;
            return true;
        }

        private void Blanks()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        }

        private ModelConfigurationException Fault(string expected)
        {
            var found = at < text.Length ? $"\"{text[at]}\"" : "the end";
            return new([$"{what}: expected {expected} at character {at + 1} of \"{text}\", found {found}"]);
        }
    }
}
