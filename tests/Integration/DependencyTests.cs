using System.Text.RegularExpressions;
using System.Xml.Linq;
using NUnit.Framework;

namespace Limen.Integration;

/// <summary>docs/dependencies.md explains every package that the repository asks for.</summary>
public sealed class DependencyTests
{
    private static readonly HashSet<string> Explained =
        [.. Repository.Lines("docs/dependencies.md").Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim())];

    [TestCaseSource(nameof(PaketPackages))]
    [TestCaseSource(nameof(DebianPackages))]
    [TestCaseSource(nameof(PeersPackages))]
    public void Package_is_explained(string package) =>
        Assert.That(Explained.Contains(package), $"docs/dependencies.md has no row for {package}");

    private static IEnumerable<string> PaketPackages() =>
        Repository.Lines("paket.dependencies")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nuget", ..])
            .Select(words => words[1])
            .Distinct();

    private static IEnumerable<string> DebianPackages() =>
        Regex.Matches(Repository.Lines("build/peers.fsx").SkipWhile(line => line != "let packages =").Skip(1).First(), "\"(.+?)\"").Select(name => name.Groups[1].Value);

    private static IEnumerable<string> PeersPackages() =>
        Directory.EnumerateFiles(Repository.File("bench/peers"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value);

    /// <summary>Projects of the repository bring the torch that TorchSharp is built for.</summary>
    [Test]
    public void Torch_is_of_one_version()
    {
        static string Version(string file, string pattern) => Regex.Match(File.ReadAllText(Repository.File(file)), pattern).Groups[1].Value;

        var projects = Version("build/Torch.props", "<TorchVersion>(.+)</TorchVersion>");
        Assert.That(projects, Is.Not.Empty);
        Assert.That(Version("src/Core.FSharp/Torch/TorchFiles.fs", "let version = \"(.+)\""), Is.EqualTo(projects));
        Assert.That(Version("README.md", "libtorch-cpu-linux-x64 --version (\\S+)"), Is.EqualTo(projects));
        Assert.That(Version("src/Api.CSharp/README.md", "`-osx-arm64`, version (\\S+)\\."), Is.EqualTo(projects));
        Assert.That(Version("src/Core.FSharp/README.md", "`-osx-arm64`, version (\\S+)\\."), Is.EqualTo(projects));
        Assert.That(Version("samples/torch-loop.cs", "libtorch-cpu-linux-x64@(\\S+)"), Is.EqualTo(projects));
    }
}
