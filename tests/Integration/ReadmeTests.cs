using NUnit.Framework;

namespace Limen.Integration;

/// <summary>
/// The README shows code that compiles: a block under a line <c>&lt;!-- code of FILE --&gt;</c> stands in that file, line by line
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

    private static IEnumerable<TestCaseData> Blocks()
    {
        var readme = Repository.Lines("README.md");
        return
            from at in Enumerable.Range(0, readme.Length)
            where readme[at].StartsWith(Marker, StringComparison.Ordinal)
            let file = readme[at][Marker.Length..].Split(' ')[0]
            let block = readme.Skip(at + 2).TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))
            select new TestCaseData(file, Trimmed([.. block])).SetArgDisplayNames(file);
    }

    private static string[] Trimmed(string[] lines) => [.. lines.Select(line => line.Trim())];
}
