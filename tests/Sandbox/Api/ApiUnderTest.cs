using System.Text;
using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;

[assembly: AssemblyFixture(typeof(GitOpsOperator.Sandbox.Tests.Api.InProcessApi))]
[assembly: AssemblyFixture(typeof(GitOpsOperator.Sandbox.Tests.Api.RealApi))]

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>The server that a contract test talks to. The same tests run against the in-process one and a real one, so the stand-in is
/// held to the truth.</summary>
public abstract class ApiUnderTest : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private string? _kubeconfig;

    /// <summary>Starts it at the first use; skips the test, with the reason, where there is none.</summary>
    public async Task<string> KubeconfigAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            return _kubeconfig ??= await StartAsync(cancellationToken);
        }
        finally
        {
            _once.Release();
        }
    }

    public async Task<Kubernetes> ClientAsync(CancellationToken cancellationToken)
    {
        using var yaml = new MemoryStream(Encoding.UTF8.GetBytes(await KubeconfigAsync(cancellationToken)));
        return new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(yaml));
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<string> StartAsync(CancellationToken cancellationToken);
}

public sealed class InProcessApi : ApiUnderTest
{
    private ApiServer? _server;

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    protected override async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        _server = await ApiServer.StartAsync(new ApiServerOptions(), cancellationToken);
        return _server.KubeconfigYaml;
    }
}

/// <summary>One test's client and a namespace of its own.</summary>
public sealed class ApiSession : IDisposable
{
    private ApiSession(Kubernetes client, string ns) => (Client, Namespace) = (client, ns);

    public Kubernetes Client { get; }

    public string Namespace { get; }

    public static async Task<ApiSession> OpenAsync(ApiUnderTest api, CancellationToken cancellationToken)
    {
        var client = await api.ClientAsync(cancellationToken);
        var ns = await client.CoreV1.CreateNamespaceAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { GenerateName = "contract-" } },
            cancellationToken: cancellationToken
        );
        return new ApiSession(client, ns.Metadata.Name);
    }

    public void Dispose() => Client.Dispose();
}
