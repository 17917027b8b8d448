using System.Runtime.InteropServices;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>
/// Files of a ConfigMap or Secret as a pod sees them. All change at once: each file is a link through <c>..data</c>, and an update
/// is the rename of that one link, as a kubelet does it; programs that watch for it (Prometheus' reloaders) rely on this.
/// </summary>
internal static class ProjectedFolder
{
    private const string DataLink = "..data";

    /// <summary>Writes the files if they differ from what is there; returns whether they did.</summary>
    public static bool Write(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(folder);
        var link = Path.Combine(folder, DataLink);
        var old = new FileInfo(link).LinkTarget;
        if (old is not null && Same(Path.Combine(folder, old), files))
        {
            return false;
        }

        var version = ".." + Guid.NewGuid().ToString("N");
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(folder, version, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        Directory.CreateDirectory(Path.Combine(folder, version));
        var next = Path.Combine(folder, "..data_tmp");
        File.Delete(next);
        File.CreateSymbolicLink(next, version);
        Rename(next, link);

        LinkEntries(folder, files);
        if (old is not null)
        {
            Directory.Delete(Path.Combine(folder, old), recursive: true);
        }

        return true;
    }

    // File.Move follows the link, finds a folder and refuses.
    private static void Rename(string from, string to)
    {
        if (NativeRename(from, to) != 0)
        {
            throw new IOException($"cannot rename {from} to {to}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeRename(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string to
    );

    private static void LinkEntries(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        var wanted = files.Keys.Select(path => path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in wanted.Where(name => new FileInfo(Path.Combine(folder, name)).LinkTarget is null))
        {
            File.CreateSymbolicLink(Path.Combine(folder, name), Path.Combine(DataLink, name));
        }

        foreach (
            var stale in new DirectoryInfo(folder)
                .EnumerateFileSystemInfos()
                .Where(entry => !entry.Name.StartsWith("..", StringComparison.Ordinal) && !wanted.Contains(entry.Name))
                .ToList()
        )
        {
            File.Delete(stale.FullName);
        }
    }

    private static bool Same(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        var there = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .ToHashSet(StringComparer.Ordinal);
        return there.SetEquals(files.Keys)
            && files.All(file => File.ReadAllBytes(Path.Combine(folder, file.Key)).AsSpan().SequenceEqual(file.Value));
    }
}
