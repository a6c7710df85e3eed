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
    [TestCase("Limen.Trees", "tests/Integration/PublicSurface.Trees.txt")]
    [TestCase("Limen.Reports", "tests/Integration/PublicSurface.Reports.txt")]
    [TestCase("Limen.Data", "tests/Integration/PublicSurface.Data.txt")]
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
            $"The public surface of {assembly} changed. If that is meant, accept it with {Accept}=1 ./build.sh test PublicSurface, and say it in RELEASE_NOTES.md "
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

    /// <summary>Every variant of the registries has the door that it names.</summary>
    [Test]
    public void Every_variant_has_a_door()
    {
        (Type Doors, IEnumerable<string> Named)[] kinds =
        [
            (typeof(Losses), Core.Losses.all.Select(entry => entry.Door)),
            (typeof(Signals), Core.LocalSignals.all.Select(entry => entry.Door)),
            (typeof(Signals), Core.GlobalSignals.all.Select(entry => entry.Door)),
            (typeof(Decisions), Core.Rules.all.Select(entry => entry.Door)),
            (typeof(Scorers), Core.Scorers.all.Select(entry => entry.Door)),
            (typeof(TreeScorers), Core.Trees.all.Select(entry => entry.Door)),
            (typeof(Calibrations), Core.Calibrators.all.Select(entry => entry.Door)),
        ];
        foreach (var (doors, named) in kinds)
            Assert.That(Missing(doors, named), Is.Empty, $"src/Api.CSharp/{doors.Name}.cs lacks these functions, which the registry names as doors");
        Assert.That(Missing(typeof(Signals), ["NoSuchSignal"]), Is.EqualTo(["NoSuchSignal"]));
    }

    /// <summary>Every objective has a door; costs of all labels by their ids are those by name with the ids in their place.</summary>
    [Test]
    public void Every_objective_has_a_door()
    {
        var cases = typeof(Objective).GetNestedType("Tags")!.GetFields().Select(field => field.Name).Except(["NamedCosts"]);
        Assert.That(Missing(typeof(Objectives), cases), Is.Empty);
    }

    /// <summary>Few types, wherever they are declared: those of the facade, and those of the core that stand in its namespace.</summary>
    [Test]
    public void The_public_types_of_CSharp_are_few()
    {
        var core = Assembly.Load("Limen.Core");
        string[] types =
        [
            .. Limen.GetExportedTypes().Concat(core.GetExportedTypes()).Where(type => type.Namespace == nameof(Limen) && !type.IsNested).Select(type => type.Name).Order(),
        ];
        Assert.That(types, Has.Length.LessThanOrEqualTo(48), string.Join(", ", types));
    }

    private static IEnumerable<string> Missing(Type doors, IEnumerable<string> named) =>
        named.Except(doors.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name));
}
