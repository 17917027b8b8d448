using System.Net;
using GitOpsOperator.Operator.Commands;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Outputs.Http;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;
using LibGit2Sharp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GitOpsOperator.Operator.Tests.Running;

/// <summary>An API server and a repository with one cluster, in front of which whole operators run as `run` builds them.</summary>
internal sealed class OperatorWorld : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("operator-");
    private readonly List<IHost> _hosts = [];

    private OperatorWorld(ApiServer api) => Api = api;

    public ApiServer Api { get; }

    /// <summary>Of the administrator.</summary>
    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    /// <summary>As the operator knows it.</summary>
    public string RepositoryUrl => Path.Combine(_folder.FullName, "platform.git");

    /// <summary>A folder for whatever a test needs.</summary>
    public string Folder => _folder.FullName;

    private string Repository => Path.Combine(_folder.FullName, "repository");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OperatorWorld> StartAsync()
    {
        var world = new OperatorWorld(await ApiServer.StartAsync(new ApiServerOptions(), Token));
        await world.Api.WriteKubeconfigAsync(world.Kubeconfig, Token);
        LibGit2Sharp.Repository.Init(world.Repository);
        using var repository = new Repository(world.Repository);
        LibGit2Sharp.Repository.Init(world.RepositoryUrl, isBare: true);
        repository.Network.Remotes.Add("origin", world.RepositoryUrl);
        repository.Refs.UpdateTarget("HEAD", "refs/heads/main");
        await File.WriteAllTextAsync(
            Path.Combine(world.Repository, "orders.yaml"),
            """
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata:
              name: orders
            spec:
              size: 3
              version: 3.5.16
              storage:
                size: 1Gi
            """,
            Token
        );
        Commit(repository, "One cluster");
        return world;
    }

    /// <summary>The commit that the followed branch is at.</summary>
    public string Head
    {
        get
        {
            using var repository = new Repository(Repository);
            return repository.Head.Tip.Sha;
        }
    }

    /// <summary>Changes a document, or makes it, in a commit; one that is made empty is removed.</summary>
    public void Commit(string file, Func<string, string> change)
    {
        var path = Path.Combine(Repository, file);
        var text = change(File.Exists(path) ? File.ReadAllText(path) : "");
        if (text.Length == 0)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, text);
        }

        using var repository = new Repository(Repository);
        Commit(repository, $"Change {file}");
    }

    /// <summary>A file that the operator has written back; null where it has not.</summary>
    public string? StatusFile(string path)
    {
        using var repository = new Repository(RepositoryUrl);
        return (repository.Branches["gitops-status/default"]?.Tip[path]?.Target as Blob)?.GetContentText();
    }

    /// <summary>Writes a file beside the repository.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static void Commit(Repository repository, string message)
    {
        LibGit2Sharp.Commands.Stage(repository, "*");
        var author = new Signature("a", "a@example.com", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        repository.Commit(message, author, author);
        repository.Network.Push(repository.Network.Remotes["origin"], "refs/heads/main", new PushOptions());
    }

    /// <summary>A kubeconfig with a token of a service account.</summary>
    public async Task<string> KubeconfigOfAsync(string @namespace, string account)
    {
        using var client = new Kubernetes(Api.ClientConfiguration());
        var request = new Authenticationv1TokenRequest { Spec = new() { Audiences = [] } };
        var token = (await client.CoreV1.CreateNamespacedServiceAccountTokenAsync(request, account, @namespace, cancellationToken: Token))
            .Status
            .Token;
        var yaml = await File.ReadAllTextAsync(Kubeconfig, Token);
        var path = Path.Combine(_folder.FullName, $"kubeconfig-{account}");
        await File.WriteAllTextAsync(path, System.Text.RegularExpressions.Regex.Replace(yaml, "token: .*", $"token: {token}"), Token);
        return path;
    }

    /// <param name="kubeconfig">Another API server than the world's.</param>
    public async Task<IHost> StartOperatorAsync(
        string name,
        string? kubeconfig = null,
        string leaseNamespace = "default",
        bool writeBack = false,
        Action<OperatorConfiguration>? configure = null,
        ModuleFactory? modules = null
    )
    {
        var configuration = new OperatorConfiguration((modules ?? Modules.Create)())
        {
            Kubeconfig = kubeconfig ?? Kubeconfig,
            StateDirectory = Path.Combine(_folder.FullName, name),
            Http = new() { Listen = "127.0.0.1:0" },
            LeaderElection = new() { Enabled = true, Namespace = leaseNamespace },
            Repositories =
            [
                new()
                {
                    Name = "platform",
                    Url = RepositoryUrl,
                    Interval = TimeSpan.FromSeconds(2),
                    WriteBack = writeBack,
                },
            ],
        };
        configure?.Invoke(configuration);
        var host = RunCommand.Build(configuration);
        _hosts.Add(host);
        await host.StartAsync(Token);
        return host;
    }

    public async Task StopOperatorAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync(Token);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    public static OperatorState State(IHost host) => host.Services.GetRequiredService<OperatorState>();

    /// <summary>Asks where the path belongs: probes have a port of their own.</summary>
    public static Task<(HttpStatusCode Code, string Text)> AskAsync(IHost host, string path, HttpMethod? method = null)
    {
        var endpoint = host.Services.GetRequiredService<HttpEndpoint>();
        return AskAsync((path is "/healthz" or "/readyz" ? endpoint.HealthAddress : endpoint.Address)!, path, method);
    }

    public static async Task<(HttpStatusCode Code, string Text)> AskAsync(Uri address, string path, HttpMethod? method = null)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        using var answer = await client.SendAsync(request, Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    public static Task UntilAsync(Func<Task<bool>> condition, string what) => UntilAsync(condition, () => what);

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"not within {Limit.TotalSeconds} s: {what()}");
            await Task.Delay(20, Token);
        }
    }

    public static Task UntilReadyAsync(IHost host) =>
        UntilAsync(async () => (await AskAsync(host, "/readyz")).Code == HttpStatusCode.OK, "the operator is ready");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        await Api.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
