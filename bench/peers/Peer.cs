using System.Diagnostics;
using System.Runtime;
using System.Text.Json;

namespace Peers;

/// <summary>What a piece of work came to.</summary>
/// <param name="Check">A value that the other side must reach too.</param>
internal sealed record Outcome(double Check)
{
    /// <summary>Of a training: seconds, without the measuring, and the value that was reached by then.</summary>
    public (double Seconds, double Value)[] Trajectory { get; init; } = [];

    /// <summary>What else is reported, by name.</summary>
    public Dictionary<string, double> Measures { get; init; } = [];
}

/// <summary>The loop that the harness drives, as peer.py has it.</summary>
internal static class Peer
{
    /// <summary>
    /// Says that it is ready, answers each line "run" by the mean seconds of a unit, and at the end of input gives the peak of
    /// resident memory in MB, counted from "ready" where the work was warmed up.
    /// </summary>
    /// <param name="work">Does so many units.</param>
    /// <param name="units">Of the unit that seconds are counted in.</param>
    /// <param name="warm">Whether it runs for half a second, twice before and then in each measurement; a whole training runs once.</param>
    public static void Serve(Func<Outcome> work, int units = 1, bool warm = true)
    {
        if (warm)
        {
            Measure(work, warm);
            Measure(work, warm);
            ForgetPeak();
        }

        Say(new { ready = true });
        while (Console.ReadLine() == "run")
        {
            var (outcome, seconds) = Measure(work, warm);
            Say(new
            {
                seconds = seconds / units,
                check = outcome.Check,
                trajectory = outcome.Trajectory.Select(at => new[] { at.Seconds, at.Value }),
                measures = outcome.Measures,
            });
        }

        Say(new { peak_mb = PeakMegabytes() });
    }

    private static (Outcome Outcome, double Seconds) Measure(Func<Outcome> work, bool warm)
    {
        var clock = Stopwatch.StartNew();
        int times = 0;
        Outcome outcome;
        do
        {
            outcome = work();
            times++;
        }
        while (warm && clock.Elapsed.TotalSeconds < 0.5);

        return (outcome, clock.Elapsed.TotalSeconds / times);
    }

    private static void Say(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer));

    /// <summary>
    /// Starts the count of VmHWM anew (man 5 proc, clear_refs); where that is not allowed the peak is the whole process's.
    /// </summary>
    private static void ForgetPeak()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static double PeakMegabytes() =>
        double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
}
