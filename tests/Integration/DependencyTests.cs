using NUnit.Framework;

namespace Limen.Integration;

/// <summary>docs/dependencies.md explains every package that the repository asks for.</summary>
public sealed class DependencyTests
{
    private static readonly HashSet<string> Explained =
        [.. Repository.Lines("docs/dependencies.md").Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim())];

    [TestCaseSource(nameof(PaketPackages))]
    [TestCaseSource(nameof(DebianPackages))]
    public void Package_is_explained(string package) =>
        Assert.That(Explained.Contains(package), $"docs/dependencies.md has no row for {package}");

    private static IEnumerable<string> PaketPackages() =>
        Repository.Lines("paket.dependencies")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nuget", ..])
            .Select(words => words[1])
            .Distinct();

    private static string[] DebianPackages() =>
        Repository.Lines("build.sh")
            .Single(line => line.StartsWith("packages=(", StringComparison.Ordinal))
            .Split('(', ')')[1]
            .Split(' ');
}
