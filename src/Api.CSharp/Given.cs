namespace Limen;

/// <summary>What callers hand over: never null, and copied where it could change.</summary>
internal static class Given
{
    public static T One<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }

    public static T[] All<T>(T[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (var item in items) ArgumentNullException.ThrowIfNull(item, nameof(items));
        return [.. items];
    }
}
