using System.Text;
using GitOpsOperator.Sandbox.Cli;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.Tests;
using k8s;
using k8s.Autorest;

[assembly: AssemblyFixture(typeof(GitOpsOperator.Sandbox.Tests.Node.SandboxFixture))]

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>One sandbox for all tests that need a running one; each test has a namespace of its own.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sandbox-test-");
    private readonly CancellationTokenSource _stop = new();
    private Task<int>? _run;
    private string? _skip;
    private Kubernetes? _client;

    public string Folder => _root.FullName;

    public StringWriter Output { get; } = new(new StringBuilder());

    /// <summary>A client from outside, through the forwarded port. Skips the test where no sandbox can run.</summary>
    public IKubernetes Client
    {
        get
        {
            Assert.SkipWhen(_skip is not null, _skip ?? "");
            return _client!;
        }
    }

    public static string Binaries => SandboxBinaries.Folder();

    public string Log(string @namespace, string pod, string container) =>
        File.ReadAllText(Path.Combine(Folder, "logs", @namespace, pod, container + ".log"));

    public async ValueTask InitializeAsync()
    {
        if (NoProcesses.Demanded)
        {
            _skip = "no process may be started";
            return;
        }

        if (!Directory.Exists(Path.Combine(Binaries, "etcd")))
        {
            _skip = $"no etcd in {Binaries}: run scripts/binaries.sh";
            return;
        }

        using var deadline = new CancellationTokenSource(StartDeadline);
        if (await NamespaceSupport.ProblemAsync(deadline.Token) is { } problem)
        {
            _skip = problem;
            return;
        }

        _run = SandboxCommand.RunAsync(
            new SandboxOptions { Directory = Folder, Binaries = Binaries },
            TextWriter.Synchronized(Output),
            _stop.Token
        );
        while (!File.Exists(SandboxState.PathIn(Folder)))
        {
            if (_run.IsCompleted)
            {
                throw new InvalidOperationException($"the sandbox ended with {await _run}: {Output}");
            }

            await Task.Delay(20, deadline.Token);
        }

        _client = new Kubernetes(
            await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(Path.Combine(Folder, "kubeconfig")))
        );
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _stop.CancelAsync();
        if (_run is not null)
        {
            await _run;
        }

        _stop.Dispose();
        _root.Delete(recursive: true);
    }

    public async Task<string> NamespaceAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await Client.CoreV1.CreateNamespaceAsync(new() { Metadata = new() { Name = name } }, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e)
        {
            throw new InvalidOperationException($"namespace {name}: {e.Response.Content}", e);
        }

        return name;
    }

    /// <summary>Asks again until the answer is as desired; the message of a failure is the last answer.</summary>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T>> ask,
        Func<T, bool> desired,
        TimeSpan within,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        while (true)
        {
            var answer = await ask();
            if (desired(answer))
            {
                return answer;
            }

            if (deadline.IsCancellationRequested)
            {
                Assert.Fail($"not within {within}; last: {KubernetesJson.Serialize(answer)}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }
}
