using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using GitOpsOperator.Demo;
using GitOpsOperator.Demo.Environments;
using GitOpsOperator.Domains.Prometheus.Tests.Proofs;

namespace GitOpsOperator.TestKit.Runs;

/// <summary>
/// One run of a Prometheus on real parts: a git repository over http, the operator as its own process, real Prometheus and etcd processes.
/// Everything is asked of git and of Prometheus' own API.
/// </summary>
internal sealed class PrometheusRun : IAsyncDisposable
{
    public const string StatusPath = "status/default/prometheus-main.yaml";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly string _folder;
    private readonly ConcurrentQueue<string> _heard;
    private readonly SandboxEnvironment _environment;
    private readonly DesiredStateClone _clone;

    private PrometheusRun(string folder, ConcurrentQueue<string> heard, SandboxEnvironment environment, DesiredStateClone clone) =>
        (_folder, _heard, _environment, _clone) = (folder, heard, environment, clone);

    public IEnumerable<string> Heard => _heard;

    /// <param name="before">What the cluster has before the operator starts.</param>
    public static async Task<PrometheusRun> StartAsync(
        CancellationToken cancellationToken,
        TimeSpan? projectionDelay = null,
        params IReadOnlyList<object> before
    )
    {
        await SandboxSupport.SkipUnlessAvailableAsync();
        var folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
        var heard = new ConcurrentQueue<string>();
        var environment = await SandboxEnvironment.StartAsync(
            new(DemoPrograms.Beside, Path.Combine(folder, "environment"), Binaries.Folder, null)
            {
                Deploy = Checkout.Deploy,
                ProjectionDelay = projectionDelay,
            },
            heard.Enqueue,
            cancellationToken
        );
        try
        {
            var clone = await EmptyRepository.CloneAsync(environment, folder, cancellationToken);
            var run = new PrometheusRun(folder, heard, environment, clone);
            await PrometheusAccess.GrantAsync(environment, cancellationToken);
            foreach (var manifest in before)
            {
                await run.ApplyAsync(manifest, cancellationToken);
            }

            environment.StartOperator();
            return run;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    public void StartOperator() => _environment.StartOperator();

    public Task KillOperatorAsync() => _environment.KillOperatorAsync();

    public Task<BoundaryWalk> WalkAsync(CancellationToken cancellationToken) => BoundaryWalk.BeginAsync(_environment, cancellationToken);

    public Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        _environment.KubectlAsync(arguments, cancellationToken);

    /// <summary>What the operator's program says of the Prometheus, by the configuration of the one that runs.</summary>
    public Task<string> ExplainAsync(CancellationToken cancellationToken) =>
        _environment.ExecuteAsync(
            [
                Path.Combine(AppContext.BaseDirectory, "gitops-operator"),
                "explain",
                "prometheus/main",
                "--config",
                Path.Combine(_folder, "environment", "operator.yaml"),
            ],
            cancellationToken
        );

    /// <summary>Puts an object into the cluster, past git.</summary>
    public async Task ApplyAsync(object manifest, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder, "applied.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(manifest), cancellationToken);
        await KubectlAsync(["apply", "--server-side", "-f", file], cancellationToken);
    }

    /// <summary>Commits a file of the watched folder; null content removes it.</summary>
    public async Task<string> CommitAsync(string file, string? content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_clone.Folder, "clusters", file);
        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            await File.WriteAllTextAsync(path, content, cancellationToken);
        }

        return await _clone.PushAsync($"Change {file}", cancellationToken);
    }

    /// <summary>Waits until the status file in git says something.</summary>
    public Task<string> UntilStatusAsync(string expected, Func<string, bool> holds, CancellationToken cancellationToken) =>
        UntilFileAsync(StatusPath, expected, holds, cancellationToken);

    /// <summary>Waits until a file of the status branch says something.</summary>
    public async Task<string> UntilFileAsync(string file, string expected, Func<string, bool> holds, CancellationToken cancellationToken)
    {
        var seen = "";
        return await UntilAsync(
            expected,
            async token =>
            {
                seen = await _clone.StatusAsync(file, token) ?? "";
                return holds(seen) ? seen : null;
            },
            () => seen,
            cancellationToken
        );
    }

    public Task<string> ConvergedAsync(int ready, CancellationToken cancellationToken) =>
        UntilStatusAsync(
            $"{ready} replicas converged",
            status =>
                status.Contains("phase: Converged", StringComparison.Ordinal)
                && status.Contains($"headline: {ready}/{ready} ready", StringComparison.Ordinal),
            cancellationToken
        );

    /// <summary>Asks a replica's own API.</summary>
    public async Task<JsonElement> AskAsync(string pod, string path, CancellationToken cancellationToken)
    {
        var address = await KubectlAsync(["get", "pod", pod, "-o", "jsonpath={.status.podIP}"], cancellationToken);
        var answer = await _environment.ExecuteAsync(
            ["curl", "-sS", "--max-time", "10", $"http://{address.Trim()}:9090{path}"],
            cancellationToken
        );
        using var document = JsonDocument.Parse(answer);
        return document.RootElement.GetProperty("data").Clone();
    }

    /// <summary>Targets of a job that a replica scrapes and finds up.</summary>
    public async Task<IReadOnlyList<string>> UpAsync(string pod, string job, CancellationToken cancellationToken) =>
        [
            .. (await AskAsync(pod, "/api/v1/targets?state=active", cancellationToken))
                .GetProperty("activeTargets")
                .EnumerateArray()
                .Where(target => target.GetProperty("scrapePool").GetString() == job && target.GetProperty("health").GetString() == "up")
                .Select(target => target.GetProperty("scrapeUrl").GetString()!),
        ];

    /// <summary>Where a pod is reached; null while it has no address.</summary>
    public async Task<string?> AddressAsync(string pod, CancellationToken cancellationToken) =>
        (await KubectlAsync(["get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.status.podIP}"], cancellationToken)).Trim()
            is { Length: > 0 } address
            ? address
            : null;

    /// <summary>Addresses of the targets of a job that a replica has, found up or not; none where it does not answer.</summary>
    public async Task<IReadOnlyList<string>> TargetsAsync(string address, string job, CancellationToken cancellationToken)
    {
        var answer = await _environment.ExecuteAsync(
            ["sh", "-c", $"curl -s --max-time 2 'http://{address}:9090/api/v1/targets?state=active' || true"],
            cancellationToken
        );
        if (!answer.StartsWith('{'))
        {
            return [];
        }

        using var document = JsonDocument.Parse(answer);
        return
        [
            .. document
                .RootElement.GetProperty("data")
                .GetProperty("activeTargets")
                .EnumerateArray()
                .Where(target => target.GetProperty("scrapePool").GetString() == job)
                .Select(target => target.GetProperty("scrapeUrl").GetString()!),
        ];
    }

    public Task<string> UntilAsync(string expected, Func<CancellationToken, Task<bool>> holds, CancellationToken cancellationToken) =>
        UntilAsync(expected, async token => await holds(token) ? "" : null, () => "", cancellationToken);

    /// <summary>Holds what the operator saw and did against the model. For runs in which nobody else did anything to what the operator has
    /// made.</summary>
    public async Task AgreesWithTheModelAsync(CancellationToken cancellationToken)
    {
        var recorded = await RecordedPrometheus.ReadAsync(
            SandboxEnvironment.RecordingIn(Path.Combine(_folder, "environment")),
            cancellationToken
        );
        var disagreements = recorded.Disagreements().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"replayed in the model: {recorded.Transitions} transitions");
        Assert.True(recorded.Transitions > 0, "nothing was recorded");
        Assert.True(disagreements.Count == 0, string.Join('\n', disagreements.Take(20)));
    }

    public async ValueTask DisposeAsync()
    {
        await OperatorRights.NoteAsync(_environment);
        await _environment.DisposeAsync();
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            TestContext.Current.SendDiagnosticMessage($"The logs are in {_folder}");
            return;
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> UntilAsync(
        string expected,
        Func<CancellationToken, Task<string?>> look,
        Func<string> seen,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            while (true)
            {
                if (await look(limit.Token) is { } found)
                {
                    return found;
                }

                await Task.Delay(300, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No {expected} after {Deadline}.\n{seen()}\n{string.Join('\n', _heard.TakeLast(40))}"
                )
            );
        }
    }
}
