using GitOpsOperator.Sandbox.Kube;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>A real kube-apiserver with etcd behind it and the controllers that the contract needs (garbage collection), from the folder
/// that KUBEBUILDER_ASSETS names, as envtest has it. `make test-kube` builds one and sets it.</summary>
public sealed class RealApi : ApiUnderTest
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("kube-");
    private KubeServer? _server;

    /// <summary>The folder of kube-apiserver, etcd and kube-controller-manager; null: there is none.</summary>
    public static string? Assets => Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder ? folder : null;

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _home.Delete(recursive: true);
    }

    protected override async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipUnless(
            Assets is not null,
            "KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd; run `make test-kube`, which builds them"
        );

        // No StatefulSets: the contract is the API server's, and its tests make pods of their own.
        _server = await KubeServer.StartAsync(
            new()
            {
                Assets = Assets!,
                Folder = _home.FullName,
                Controllers = ["garbagecollector", "namespace", "pvc-protection", "disruption"],
            },
            TimeProvider.System,
            cancellationToken
        );
        return _server.KubeconfigFor(_server.Url);
    }
}
