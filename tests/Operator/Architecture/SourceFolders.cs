using System.Text.RegularExpressions;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Architecture;

/// <summary>Who uses whom among the folders of a project, read from its sources. A folder is a namespace.</summary>
internal static partial class SourceFolders
{
    /// <summary>
    /// By namespace, the namespaces that its files name. The project's own root is left out: what stands there puts the others together.
    /// </summary>
    /// <param name="project">Folder below <c>src</c>.</param>
    public static Dictionary<string, IReadOnlySet<string>> Uses(string project, string rootNamespace)
    {
        var root = Path.Combine(Checkout.File("src"), project);
        var files = Directory
            .EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .Where(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin"))
            .Select(file => (Folder: FolderOf(root, file, rootNamespace), Text: File.ReadAllText(file)))
            .ToList();
        Assert.True(files.Count > 10, $"only {files.Count} sources in {root}");
        var folders = files.Select(file => file.Folder).ToHashSet();
        return files
            .GroupBy(
                file => file.Folder,
                file => Named().Matches(file.Text).Select(match => NamespaceOf(match.Value, folders, rootNamespace))
            )
            .ToDictionary(
                group => group.Key,
                IReadOnlySet<string> (group) =>
                    group.SelectMany(names => names).Where(used => used != group.Key && used != rootNamespace).ToHashSet()
            );
    }

    /// <returns>Null where there is none; else from one folder back to the same.</returns>
    public static IReadOnlyList<string>? CycleIn(Dictionary<string, IReadOnlySet<string>> uses)
    {
        HashSet<string> done = [];
        return uses.Keys.Order(StringComparer.Ordinal).Select(start => Follow(start, [])).FirstOrDefault(cycle => cycle is not null);

        List<string>? Follow(string folder, List<string> path)
        {
            if (path.IndexOf(folder) is var at and >= 0)
            {
                return [.. path[at..], folder];
            }

            if (!done.Add(folder))
            {
                return null;
            }

            return uses.GetValueOrDefault(folder, new HashSet<string>())
                .Order(StringComparer.Ordinal)
                .Select(used => Follow(used, [.. path, folder]))
                .FirstOrDefault(cycle => cycle is not null);
        }
    }

    public static bool IsWithin(string name, string folder) => name == folder || name.StartsWith(folder + ".", StringComparison.Ordinal);

    private static string FolderOf(string root, string file, string rootNamespace) =>
        Path.GetRelativePath(root, Path.GetDirectoryName(file)!) is var folder and not "."
            ? $"{rootNamespace}.{folder.Replace(Path.DirectorySeparatorChar, '.')}"
            : rootNamespace;

    /// <summary>The folder that a name is in: it may be that of a type.</summary>
    private static string NamespaceOf(string name, HashSet<string> folders, string rootNamespace) =>
        folders.Where(folder => IsWithin(name, folder)).MaxBy(folder => folder.Length) ?? rootNamespace;

    /// <summary>Of a <c>using</c>, of an alias or <c>static</c> one, of a razor file's, or of a name that is written out.</summary>
    [GeneratedRegex(@"GitOpsOperator\.\w[\w.]*")]
    private static partial Regex Named();
}
