namespace GitOpsOperator.TestKit.Etcd;

/// <summary>Real etcd programs, as <c>make</c> fetches them, or in the folder that ETCD_BINARIES names: <c>VERSION/etcd</c>.</summary>
public static class EtcdBinaries
{
    public static readonly string Folder = Environment.GetEnvironmentVariable("ETCD_BINARIES") is { Length: > 0 } given
        ? given
        : Checkout.File(".cache", "binaries", "etcd");

    public static string Find(string version)
    {
        var path = Path.Combine(Folder, version, "etcd");
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException(
                $"etcd {version} is not at {path}. `make binaries` fetches it; ETCD_BINARIES names another folder."
            );
    }
}
