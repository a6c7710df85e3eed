using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Limen;

/// <summary>The one place where values of C# become values of F# and back.</summary>
internal static class FSharpValues
{
    public static FSharpList<T> ToFSharpList<T>(this IEnumerable<T> items) => ListModule.OfSeq(items);

    public static FSharpOption<T>? ToOption<T>(this T? value)
        where T : class => value is null ? null : FSharpOption<T>.Some(value);

    public static FSharpOption<T>? ToOption<T>(this T? value)
        where T : struct => value is { } some ? FSharpOption<T>.Some(some) : null;

    public static T? ToNull<T>(this FSharpOption<T>? option)
        where T : class => option?.Value;

    public static FSharpFunc<T, Unit> ToFunction<T>(this Action<T> action) => FuncConvert.FromAction(action);

    public static FSharpFunc<TFirst, FSharpFunc<TSecond, TResult>> ToFunction<TFirst, TSecond, TResult>(this Func<TFirst, TSecond, TResult> function) =>
        FuncConvert.FromFunc(function);

    public static Core.Seed ToSeed(this int seed) => Core.SeedModule.ofInt(seed);
}
