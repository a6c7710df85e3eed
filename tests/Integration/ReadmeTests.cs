using NUnit.Framework;

namespace Limen.Integration;

/// <summary>
/// The README and those of the packages show code that compiles: a block under a line <c>&lt;!-- code of FILE --&gt;</c> stands in that file, line by line
/// (indentation aside).
/// </summary>
public sealed class ReadmeTests
{
    private const string Marker = "<!-- code of ";

    [TestCaseSource(nameof(Blocks))]
    public void Code_of_the_readme_stands_in_the_file_it_names(string file, string[] block)
    {
        var lines = Trimmed(Repository.Lines(file));
        var starts = Enumerable.Range(0, Math.Max(0, lines.Length - block.Length + 1));
        Assert.That(block, Is.Not.Empty);
        Assert.That(starts.Any(at => lines.AsSpan(at, block.Length).SequenceEqual(block)), $"{file} does not hold this:\n{string.Join('\n', block)}");
    }

    private static IEnumerable<TestCaseData> Blocks() =>
        from readme in new[] { "README.md", "src/Api.CSharp/README.md", "src/Core.FSharp/README.md" }
        let lines = Repository.Lines(readme)
        from at in Enumerable.Range(0, lines.Length)
        where lines[at].StartsWith(Marker, StringComparison.Ordinal)
        let file = lines[at][Marker.Length..].Split(' ')[0]
        let block = lines.Skip(at + 2).TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))
        select new TestCaseData(file, Trimmed([.. block])).SetArgDisplayNames(readme, file);

    private static string[] Trimmed(string[] lines) => [.. lines.Select(line => line.Trim())];
}
