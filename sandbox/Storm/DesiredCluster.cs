using System.Globalization;
using GitOpsOperator.Sandbox.Node;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>The git repository with one document, <c>orders</c>, and what the operator answers on its status branch.</summary>
internal sealed class DesiredCluster(string repository, string clone)
{
    public const string Name = "orders";
    private const string StatusBranch = "gitops-status/default";

    private static readonly string[] Author = ["-c", "user.name=Storm", "-c", "user.email=storm@example.com"];

    public int Size { get; set; } = 3;

    public required string Version { get; set; }

    /// <summary>Small, so that who comes later is sent a snapshot.</summary>
    public int SnapshotCount { get; set; } = 200;

    public int HeartbeatInterval { get; set; } = 100;

    /// <summary>Of the annotation that approves; null for none.</summary>
    public string? Approval { get; set; }

    /// <summary>The commit that was pushed last.</summary>
    public string? Commit { get; private set; }

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await HostProgram.RunAsync("git", ["init", "-q", "--bare", "-b", "main", repository], cancellationToken);
        await HostProgram.RunAsync("git", ["init", "-q", "-b", "main", clone], cancellationToken);
        Directory.CreateDirectory(Path.Combine(clone, "clusters"));
    }

    /// <summary>Commits the document as it is to be and pushes it.</summary>
    public async Task PushAsync(string subject, CancellationToken cancellationToken)
    {
        var annotations = Approval is null ? "" : $"\n  annotations: {{gitops-operator.dev/approve: \"{Approval}\"}}";
        await File.WriteAllTextAsync(
            Path.Combine(clone, "clusters", Name + ".yaml"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                apiVersion: gitops-operator.dev/v1alpha1
                kind: EtcdCluster
                metadata:
                  name: {Name}{annotations}
                spec:
                  size: {Size}
                  version: {Version}
                  storage:
                    size: 1Gi
                  options:
                    snapshotCount: {SnapshotCount}
                    heartbeatInterval: {HeartbeatInterval}

                """
            ),
            cancellationToken
        );
        await GitAsync(["add", "-A"], cancellationToken);
        await GitAsync([.. Author, "commit", "-q", "--allow-empty", "-m", subject], cancellationToken);
        await GitAsync(["push", "-q", repository, "HEAD:main"], cancellationToken);
        Commit = (await GitAsync(["rev-parse", "HEAD"], cancellationToken)).Trim();
    }

    /// <summary>Null while the operator has said nothing.</summary>
    public async Task<StormStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        var (code, yaml, _) = await HostProgram.TryAsync(
            "git",
            ["-C", repository, "show", $"{StatusBranch}:status/default/{Name}.yaml"],
            cancellationToken
        );
        return code == 0 ? StormStatus.Parse(yaml) : null;
    }

    private Task<string> GitAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        HostProgram.RunAsync("git", ["-C", clone, .. arguments], cancellationToken);
}
