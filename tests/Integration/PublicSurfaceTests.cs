using System.Reflection;
using NUnit.Framework;

namespace Limen.Integration;

/// <summary>What callers build on does not change unnoticed.</summary>
public sealed class PublicSurfaceTests
{
    private const string Accept = "LIMEN_ACCEPT_SURFACE";

    private static readonly Assembly Limen = typeof(AdaptiveThresholdModel).Assembly;

    [TestCase("Limen", "tests/Integration/PublicSurface.txt")]
    [TestCase("Limen.Core", "tests/Integration/PublicSurface.Core.txt")]
    [TestCase("Limen.Kernels", "tests/Integration/PublicSurface.Kernels.txt")]
    public void The_public_surface_is_the_accepted_one(string assembly, string file)
    {
        var found = PublicSurface.Lines(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(Accept) == "1") File.WriteAllLines(Repository.File(file), found);
        var accepted = Repository.Lines(file);
        string[] changes = [.. accepted.Except(found).Select(line => "- " + line), .. found.Except(accepted).Select(line => "+ " + line)];
        Assert.That(
            changes,
            Is.Empty,
            $"The public surface of {assembly} changed. If that is meant, accept it with {Accept}=1 dotnet test tests/Integration, and say it in RELEASE_NOTES.md "
                + "(a line that begins with - is BREAKING)."
        );
    }

    [Test]
    public void No_public_signature_names_a_type_of_FSharp()
    {
        var foreign =
            from named in PublicSurface.Types(Limen)
            let assembly = named.Type.Assembly.GetName().Name!
            where named.Type.Namespace != nameof(Limen) && assembly != "TorchSharp" && !assembly.StartsWith("System.", StringComparison.Ordinal)
            select $"{named.Member} names {named.Type.FullName} of {assembly}";
        Assert.That(foreign.Distinct(), Is.Empty);
    }

    /// <summary>What the core can do, callers of C# can: renamed as "core=door", left out as "core=" (what needs tensors, or is a method of its own).</summary>
    [TestCase("Rule", typeof(Decisions), "")]
    [TestCase("Objective", typeof(Objectives), "")]
    [TestCase("AlphaSharing", typeof(AlphaSharing), "")]
    [TestCase("DecisionRows", typeof(DecisionRows), "")]
    [TestCase("Calibrator", typeof(Calibrations), "")]
    [TestCase("CalibrationScope", typeof(CalibrationScope), "")]
    [TestCase("LocalSignalSpec", typeof(Signals), "Idf=Idf")]
    [TestCase("ScorerOptions", typeof(Scorers), "")]
    public void Every_case_of_the_core_has_a_door(string union, Type doors, string renamed)
    {
        var names = renamed.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);
        var core = Assembly.Load(Limen.GetReferencedAssemblies().Single(name => name.Name == "Limen.Core"));
        var cases = core.GetType($"Limen.Core.{union}", throwOnError: true)!.GetNestedType("Tags")!.GetFields().Select(field => field.Name);
        var open = doors.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).ToHashSet();
        Assert.That(cases.Concat(names.Keys).Select(name => names.GetValueOrDefault(name, name)).Where(name => name != "").Except(open), Is.Empty);
    }

    /// <summary>Every loss of the registry has the door that it names.</summary>
    [Test]
    public void Every_loss_has_a_door()
    {
        var open = typeof(Losses).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).ToHashSet();
        Assert.That(Core.Losses.all.Select(entry => entry.Door).Except(open), Is.Empty);
    }
}
