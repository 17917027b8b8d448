using System.Text.RegularExpressions;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests;

/// <summary>
/// Who knows whom among the folders of the program, read from its sources: what finds things out knows the state, and so does what shows
/// it.
/// </summary>
public sealed partial class ArchitectureTests
{
    private const string Program = "GitOpsOperator.Operator";
    private const string State = $"{Program}.State";
    private const string Outputs = $"{Program}.Outputs";

    private static readonly Dictionary<string, IReadOnlySet<string>> Uses = Read();

    [Fact]
    public void Dependencies_between_folders_point_one_way()
    {
        var cycle = CycleIn(Uses);

        Assert.True(cycle is null, $"a cycle: {string.Join(" → ", cycle ?? [])}");
    }

    [Fact]
    public void The_state_knows_no_other_folder() => Assert.Empty(Uses[State]);

    [Fact]
    public void Outputs_know_the_state_and_each_other_alone()
    {
        var outputs = Uses.Where(entry => IsWithin(entry.Key, Outputs)).ToList();

        // The branch, custom resources, Events, HTTP and the page.
        Assert.True(outputs.Count >= 5, string.Join(", ", outputs.Select(entry => entry.Key)));
        Assert.All(outputs, output => Assert.All(output.Value, used => Assert.True(used == State || IsWithin(used, Outputs), used)));
    }

    [Fact]
    public void A_cycle_is_found_and_shown_from_end_to_end()
    {
        var uses = new Dictionary<string, IReadOnlySet<string>>
        {
            ["start"] = new HashSet<string> { "a", "leaf" },
            ["a"] = new HashSet<string> { "leaf", "b" },
            ["b"] = new HashSet<string> { "c" },
            ["c"] = new HashSet<string> { "a" },
            ["leaf"] = new HashSet<string>(),
        };

        Assert.Equal(["a", "b", "c", "a"], CycleIn(uses));
        Assert.Null(CycleIn(uses.Where(entry => entry.Key != "c").ToDictionary()));
    }

    /// <summary>
    /// By namespace, the namespaces that its files use. A namespace sees those around it without saying so: a folder uses its parent.
    /// </summary>
    private static Dictionary<string, IReadOnlySet<string>> Read()
    {
        var root = Checkout.File("src", "Operator");
        var files = Directory
            .EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .Where(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin"))
            .Select(file => (Folder: FolderOf(root, file), Text: File.ReadAllText(file)))
            .ToList();
        Assert.True(files.Count > 50, $"only {files.Count} sources in {root}");
        var folders = files.Select(file => file.Folder).ToHashSet();
        return files
            .GroupBy(file => file.Folder, file => Named().Matches(file.Text).Select(match => NamespaceOf(match.Value, folders)))
            .ToDictionary(
                group => group.Key,
                IReadOnlySet<string> (group) =>
                    group
                        .SelectMany(names => names)
                        .Concat(folders.Where(folder => group.Key != folder && IsWithin(group.Key, folder) && folder != Program))
                        .Where(used => used != group.Key && used != Program)
                        .ToHashSet()
            );
    }

    private static string FolderOf(string root, string file) =>
        Path.GetRelativePath(root, Path.GetDirectoryName(file)!) is var folder and not "."
            ? $"{Program}.{folder.Replace(Path.DirectorySeparatorChar, '.')}"
            : Program;

    /// <summary>The folder that a name is in: it may be that of a type.</summary>
    private static string NamespaceOf(string name, HashSet<string> folders) =>
        folders.Where(folder => IsWithin(name, folder)).MaxBy(folder => folder.Length) ?? Program;

    private static bool IsWithin(string name, string folder) => name == folder || name.StartsWith(folder + ".", StringComparison.Ordinal);

    private static List<string>? CycleIn(Dictionary<string, IReadOnlySet<string>> uses)
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

    /// <summary>Of a <c>using</c>, of an alias or <c>static</c> one, of a razor file's, or of a name that is written out.</summary>
    [GeneratedRegex(@"GitOpsOperator\.Operator\.\w[\w.]*")]
    private static partial Regex Named();
}
