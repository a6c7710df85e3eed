using System.Runtime.CompilerServices;

namespace Limen;

/// <summary>What callers hand over: never null, and copied where it could change. Exceptions name the caller's argument.</summary>
internal static class Given
{
    public static T One<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    public static T[] All<T>(T[] items, [CallerArgumentExpression(nameof(items))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(items, name);
        foreach (var item in items) ArgumentNullException.ThrowIfNull(item, name);
        return [.. items];
    }
}
