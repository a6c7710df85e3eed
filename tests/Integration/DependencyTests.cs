using NUnit.Framework;

namespace Limen.Integration;

/// <summary>docs/dependencies.md explains every package that the repository asks for.</summary>
public sealed class DependencyTests
{
    private static readonly string Root = RootAbove(AppContext.BaseDirectory);
    private static readonly string Document = File.ReadAllText(Path.Combine(Root, "docs", "dependencies.md"));

    [TestCaseSource(nameof(PaketPackages))]
    [TestCaseSource(nameof(DebianPackages))]
    public void Package_is_explained(string package) => Assert.That(Document, Does.Contain($"\n| {package} |"));

    private static IEnumerable<string> PaketPackages() =>
        File.ReadLines(Path.Combine(Root, "paket.dependencies"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nuget", ..])
            .Select(words => words[1])
            .Distinct();

    private static string[] DebianPackages() =>
        File.ReadLines(Path.Combine(Root, "build.sh"))
            .Single(line => line.StartsWith("packages=(", StringComparison.Ordinal))
            .Split('(', ')')[1]
            .Split(' ');

    private static string RootAbove(string directory) =>
        File.Exists(Path.Combine(directory, "paket.dependencies")) ? directory : RootAbove(Path.GetDirectoryName(directory)!);
}
