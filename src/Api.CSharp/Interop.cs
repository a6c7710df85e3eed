using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Limen;

/// <summary>The one place where values of C# become values of F# and back.</summary>
internal static class Interop
{
    public static FSharpList<T> ToList<T>(IEnumerable<T> items) => ListModule.OfSeq(items);

    public static FSharpOption<T>? ToOption<T>(T? value)
        where T : class => value is null ? null : FSharpOption<T>.Some(value);

    public static FSharpOption<T>? ToOption<T>(T? value)
        where T : struct => value is { } some ? FSharpOption<T>.Some(some) : null;

    public static T? OfOption<T>(FSharpOption<T>? option)
        where T : class => option?.Value;

    public static double? OfNumber(FSharpOption<double>? option) => option?.Value;

    public static FSharpFunc<T, Unit> ToFunction<T>(Action<T> action) => FuncConvert.FromAction(action);

    public static Core.Seed ToSeed(int seed) => Core.SeedModule.ofInt(seed);

    public static Core.ConformalNorm ToCore(ConformalNorm norm) =>
        norm == ConformalNorm.L2 ? Core.ConformalNorm.L2 : Core.ConformalNorm.L1;

    /// <summary>Runs a call into the core; its exceptions come out as those of this library.</summary>
    public static T Call<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Core.ConfigurationException fault)
        {
            throw new ModelConfigurationException(fault.Faults, fault);
        }
        catch (Core.DataFormatException fault)
        {
            throw new DataFormatException(fault);
        }
        catch (Core.ModelFormatException fault)
        {
            throw new ModelFormatException(fault.Path, fault.Reason, fault);
        }
        catch (Core.TrainingDivergedException fault)
        {
            throw new TrainingDivergedException(fault);
        }
    }
}
