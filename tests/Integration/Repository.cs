namespace Limen.Integration;

/// <summary>The files of the repository that the tests were built in.</summary>
internal static class Repository
{
    private static readonly string Root = RootAbove(AppContext.BaseDirectory);

    /// <summary>The lines of a file, by its path from the root.</summary>
    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static string RootAbove(string directory) =>
        File.Exists(Path.Combine(directory, "paket.dependencies")) ? directory : RootAbove(Path.GetDirectoryName(directory)!);
}
