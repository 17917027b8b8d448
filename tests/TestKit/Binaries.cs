using GitOpsOperator.Sandbox.Cli;

namespace GitOpsOperator.TestKit;

/// <summary>The versions that <c>scripts/binaries.sh</c> has fetched, by role: Debian's newest moves.</summary>
public static class Binaries
{
    public const string Old = "old";
    public const string Newer = "newer";
    public const string Newest = "newest";

    // The very folder that the sandbox under test takes its programs from.
    public static string Folder => SandboxBinaries.Folder();

    /// <exception cref="InvalidOperationException">Nothing was fetched: <c>make binaries</c> does it.</exception>
    public static string Etcd(string role) => Of("etcd", role);

    /// <exception cref="InvalidOperationException">Nothing was fetched: <c>make binaries</c> does it.</exception>
    public static string Prometheus(string role) => Of("prometheus", role);

    private static string Of(string product, string role)
    {
        var folder = Path.Combine(Folder, product);
        var versions = Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Select(path => Path.GetFileName(path))
                .Where(name => Version.TryParse(name, out _))
                .Select(Version.Parse)
                .Order()
                .ToList()
            : [];
        if (versions.Count < 3)
        {
            throw new InvalidOperationException($"{folder} holds {versions.Count} versions of {product}; run `make binaries` first");
        }

        return (
            role switch
            {
                Old => versions[0],
                Newer => versions[1],
                Newest => versions[^1],
                _ => throw new ArgumentException($"There is no role {role}", nameof(role)),
            }
        ).ToString();
    }

    /// <summary>
    /// Makes a folder with all programs in which one more version of etcd is really another: its image says one thing and holds another,
    /// as after a wrong push.
    /// </summary>
    public static string Mislabelled(string folder, string version, string really)
    {
        Directory.CreateDirectory(Path.Combine(folder, "etcd"));
        foreach (
            var path in Directory
                .EnumerateDirectories(Folder)
                .Where(path => Path.GetFileName(path) is var name && name != "etcd" && !name.StartsWith('.'))
        )
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(path)), Path.GetFullPath(path));
        }

        foreach (var path in Directory.EnumerateDirectories(Path.Combine(Folder, "etcd")))
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "etcd", Path.GetFileName(path)), Path.GetFullPath(path));
        }

        Directory.CreateSymbolicLink(Path.Combine(folder, "etcd", version), Path.GetFullPath(Path.Combine(Folder, "etcd", really)));
        return folder;
    }

    public static string Kubectl => Path.Combine(Folder, "tools", "kubectl");

    /// <summary>What reads snapshots: etcdutl, where the version has it.</summary>
    public static string SnapshotTool(string version) =>
        Path.Combine(Folder, "etcd", version, "etcdutl") is var etcdutl && File.Exists(etcdutl) ? etcdutl : Etcdctl(version);

    public static string Etcdctl(string version) => Path.Combine(Folder, "etcd", version, "etcdctl");
}
