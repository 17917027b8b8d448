namespace GitOpsOperator.Drift.Tests.Etcd;

/// <summary>Real etcd programs, as <c>make</c> fetches them, or in the folder that ETCD_BINARIES names: <c>VERSION/etcd</c>.</summary>
internal static class EtcdBinaries
{
    public static readonly string Folder = Environment.GetEnvironmentVariable("ETCD_BINARIES") is { Length: > 0 } given
        ? given
        : Path.Combine(ProjectRoot(), ".cache", "binaries", "etcd");

    public static string Find(string version)
    {
        var path = Path.Combine(Folder, version, "etcd");
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"etcd {version} is not at {path}. `make binaries` fetches it; ETCD_BINARIES names another folder.");
    }

    private static string ProjectRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No GitOpsOperator.sln above {AppContext.BaseDirectory}");
    }
}
