namespace Limen.Integration;

/// <summary>The files of the repository that the tests were built in.</summary>
internal static class Repository
{
    private static readonly string Root = RootAbove(AppContext.BaseDirectory);

    /// <summary>A file, by its path from the root.</summary>
    public static string File(string path) => Path.Combine(Root, path);

    /// <summary>The lines of a file, by its path from the root.</summary>
    public static string[] Lines(string path) => System.IO.File.ReadAllLines(File(path));

    private static string RootAbove(string directory) =>
        System.IO.File.Exists(Path.Combine(directory, "paket.dependencies")) ? directory : RootAbove(Path.GetDirectoryName(directory)!);
}
