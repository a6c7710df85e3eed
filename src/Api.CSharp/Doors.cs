using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Limen;

/// <summary>
/// The public functions that make options (<see cref="Losses"/>, <see cref="Decisions"/>, ...), called by their names: what is an option in C# is one in a settings
/// file and on the command line too, with the same names and the same defaults. Case, hyphens and underscores do not count.
/// </summary>
internal static class Doors
{
    private static readonly Dictionary<Type, Type> Makers = new()
    {
        [typeof(Loss)] = typeof(Losses),
        [typeof(Decision)] = typeof(Decisions),
        [typeof(Objective)] = typeof(Objectives),
        [typeof(Calibration)] = typeof(Calibrations),
        [typeof(Scorer)] = typeof(Scorers),
        [typeof(Signal)] = typeof(Signals),
        [typeof(Tokens)] = typeof(Tokens),
        [typeof(AlphaSharing)] = typeof(AlphaSharing),
        [typeof(Core.DecisionRows)] = typeof(DecisionRowsDoors),
    };

    /// <summary>What is written of an option, made.</summary>
    /// <param name="what">What it is of, for messages.</param>
    /// <param name="text">What is written: "focal(gamma=2)".</param>
    /// <exception cref="ModelConfigurationException">There is no such function, it has no such value, or a value is none.</exception>
    public static T Make<T>(string what, string text) => (T)Value(what, typeof(T), Expression.Parse(what, text))!;

    /// <summary>The ways to write an option of this kind, one each: "focal(gamma=2)".</summary>
    public static IReadOnlyList<string> Ways<T>() =>
        [.. Functions(typeof(T)).Where(f => Parameters(f) is not null).Select(f => Way(Name(f), Parameters(f)!)).Distinct()];

    /// <summary>The values that an option has, with their defaults: "epochs=null, learningRate=0.002".</summary>
    public static string Values<T>()
        where T : new() => string.Join(", ", Settable(typeof(T)).Select(p => Written(Camel(p.Name), p.GetValue(new T()))));

    /// <summary>Sets values of an option by name.</summary>
    public static T With<T>(string what, T options, string values)
        where T : class => (T)Set(what, options, Expression.ParseValues(what, values));

    private static bool Same(string a, string b) => Plain(a).Equals(Plain(b), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Replace("-", "").Replace("_", "");

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Name(MethodInfo function) => Camel(function.IsSpecialName ? function.Name["get_".Length..] : function.Name);

    private static ModelConfigurationException Fault(string what, string expected, object received) => new([$"{what}: expected {expected}, received {received}"]);

    /// <summary>The static functions and values of a maker that give an option of the kind.</summary>
    private static IEnumerable<MethodInfo> Functions(Type kind) =>
        Makers[kind]
            .GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => m.ReturnType == kind && !m.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)));

    /// <summary>The values of a function that can be written; null where one cannot be, a function say.</summary>
    private static IReadOnlyList<(string Name, Type Type, bool Required, object? Default)>? Parameters(MethodInfo function)
    {
        var parameters = function.GetParameters();
        if (parameters is [var only] && IsOptions(only.ParameterType))
        {
            var defaults = Activator.CreateInstance(only.ParameterType);
            return [.. Settable(only.ParameterType).Select(p => (Camel(p.Name), p.PropertyType, false, p.GetValue(defaults)))];
        }
        return parameters.All(p => IsWritable(p.ParameterType))
            ? [.. parameters.Select(p => (p.Name!, p.ParameterType, !p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null))]
            : null;
    }

    private static bool IsOptions(Type type) => type == typeof(PerceptronOptions) || type == typeof(VectoriserOptions);

    private static bool IsWritable(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var t
        && (t.IsPrimitive || t.IsEnum || t == typeof(string) || Makers.ContainsKey(t) || t == typeof(int[]) || t == typeof(IReadOnlyList<int>));

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(p => p.CanWrite && IsWritable(p.PropertyType));

    private static string Way(string name, IReadOnlyList<(string Name, Type Type, bool Required, object? Default)> values) =>
        values.Count == 0 ? name : $"{name}({string.Join(", ", values.Select(v => v.Required ? v.Name : Written(v.Name, v.Default)))})";

    private static string Written(string name, object? value) =>
        value switch
        {
            null => $"{name}=default",
            Loss or AlphaSharing or Tokens => $"{name}=default",
            IEnumerable items and not string => $"{name}=[{string.Join(", ", items.Cast<object>())}]",
            Enum => $"{name}={Camel(value.ToString()!)}",
            IFormattable number => $"{name}={number.ToString(null, CultureInfo.InvariantCulture)}",
            _ => $"{name}={value.ToString()!.ToLowerInvariant()}",
        };

    private static object? Value(string what, Type type, Expression written) =>
        (type, written) switch
        {
            (_, Expression.Sum sum) when type == typeof(Loss) => SumOfLosses(what, sum),
            (_, Expression.Sum sum) when type == typeof(Signal) =>
                Signals.Weighted([.. sum.Parts.Select(p => (p.Weight, (Signal)Value(what, typeof(Signal), p.Part)!))]),
            (_, Expression.Call call) when Makers.ContainsKey(type) => Made(what, type, call),
            (_, Expression.List list) when type.IsAssignableFrom(typeof(int[])) => list.Items.Select(item => (int)Value(what, typeof(int), item)!).ToArray(),
            (_, Expression.Call) when type.IsAssignableFrom(typeof(int[])) => new[] { (int)Value(what, typeof(int), written)! },
            (_, Expression.Call { Values.Count: 0 } word) when !Makers.ContainsKey(type) => Plain(what, Nullable.GetUnderlyingType(type) ?? type, word.Name),
            _ => throw Fault(what, Expected(type), $"\"{written}\""),
        };

    private static Loss SumOfLosses(string what, Expression.Sum sum)
    {
        var parts = sum.Parts.Select(p => (p.Weight, Loss: (Loss)Value(what, typeof(Loss), p.Part)!)).ToArray();
        return parts.Skip(1).Aggregate(parts[0].Loss.Times(parts[0].Weight), (all, next) => all.Plus(next.Weight, next.Loss));
    }

    private static string Expected(Type type) =>
        Makers.ContainsKey(type) ? $"one of {string.Join(", ", Functions(type).Where(f => Parameters(f) is not null).Select(Name).Distinct())}"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(Camel))}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number"
        : type.IsAssignableFrom(typeof(int[])) ? "whole numbers in brackets"
        : "a number";

    private static object Plain(string what, Type type, string word)
    {
        var invariant = CultureInfo.InvariantCulture;
        object? found =
            type == typeof(string) ? word
            : type.IsEnum ? Enum.GetValues(type).Cast<object>().FirstOrDefault(value => Same(value.ToString()!, word))
            : type == typeof(bool) ? (bool.TryParse(word, out var yes) ? yes : null)
            : type == typeof(int) ? (int.TryParse(word, invariant, out var whole) ? whole : null)
            : type == typeof(double) && double.TryParse(word, invariant, out var number) ? number
            : type == typeof(float) && float.TryParse(word, invariant, out var single) ? single
            : null;
        return found ?? throw Fault(what, Expected(type), $"\"{word}\"");
    }

    private static object Made(string what, Type kind, Expression.Call call)
    {
        var function =
            Functions(kind).FirstOrDefault(f => Same(Name(f), call.Name) && Parameters(f) is not null) ?? throw Fault(what, Expected(kind), $"\"{call.Name}\"");
        var parameters = function.GetParameters();
        what = $"{what}, {Name(function)}";
        object?[] arguments =
            parameters is [var only] && IsOptions(only.ParameterType)
                ? [Set(what, Activator.CreateInstance(only.ParameterType)!, call.Values)]
                : Arguments(what, Parameters(function)!, call.Values);
        try
        {
            return function.Invoke(null, arguments)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException inner)
        {
            throw new ModelConfigurationException([$"{what}: {inner.Message}"]);
        }
    }

    private static object?[] Arguments(
        string what,
        IReadOnlyList<(string Name, Type Type, bool Required, object? Default)> parameters,
        IReadOnlyList<(string? Name, Expression Value)> values
    )
    {
        var given = new (bool Is, object? Value)[parameters.Count];
        for (var i = 0; i < values.Count; i++)
        {
            var (name, value) = values[i];
            var at = name is null ? i : Array.FindIndex([.. parameters], p => Same(p.Name, name));
            if (at < 0 || at >= parameters.Count) throw Fault(what, Known(parameters.Select(p => p.Name)), name is null ? "another value" : $"\"{name}\"");
            if (given[at].Is) throw Fault(what, $"{parameters[at].Name} once", "it twice");
            if (!IsDefault(value)) given[at] = (true, Value($"{what}, {parameters[at].Name}", parameters[at].Type, value));
        }
        for (var i = 0; i < given.Length; i++)
        {
            if (!given[i].Is && parameters[i].Required) throw Fault(what, $"a value for {parameters[i].Name}", "none");
        }
        return [.. given.Select((g, i) => g.Is ? g.Value : parameters[i].Default)];
    }

    private static object Set(string what, object options, IReadOnlyList<(string? Name, Expression Value)> values)
    {
        PropertyInfo[] properties = [.. Settable(options.GetType())];
        foreach (var (name, value) in values)
        {
            var known = Known(properties.Select(p => Camel(p.Name)));
            if (name is null) throw Fault(what, $"values by name, {known}", $"\"{value}\"");
            var property = properties.FirstOrDefault(p => Same(p.Name, name)) ?? throw Fault(what, known, $"\"{name}\"");
            if (!IsDefault(value)) property.SetValue(options, Value($"{what}, {Camel(property.Name)}", property.PropertyType, value));
        }
        return options;
    }

    /// <summary>As help shows what is chosen elsewhere: what says so changes nothing.</summary>
    private static bool IsDefault(Expression value) => value is Expression.Call { Name: "default", Values.Count: 0 };

    private static string Known(IEnumerable<string> names) => names.Count() switch
    {
        0 => "no values",
        1 => names.Single(),
        _ => $"one of {string.Join(", ", names)}",
    };
}

/// <summary>The rows that a decision is fitted on, by the names that the builder has for them.</summary>
internal static class DecisionRowsDoors
{
    public static Core.DecisionRows CrossFit(int folds = 5, int repeats = 1) => Core.DecisionRows.NewCrossFit(folds, repeats);

    public static Core.DecisionRows HoldOut(double share = 0.1) => Core.DecisionRows.NewHoldOut(share);

    public static Core.DecisionRows ValidationOnly() => Core.DecisionRows.ValidationOnly;

    public static Core.DecisionRows ValidationThenAll() => Core.DecisionRows.ValidationThenAll;
}
