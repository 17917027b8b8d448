using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GitOpsOperator.Demo;
using GitOpsOperator.Demo.Environments;
using GitOpsOperator.Domains.Etcd.Tests.Proofs;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.History;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.TestKit.GitHub;

namespace GitOpsOperator.TestKit.Runs;

/// <summary>
/// One run of the whole path on real parts: a git repository over http, the operator as its own process, real etcd processes, and a
/// client that writes. Everything is asked of git, of etcd's own tools or of the client's history; nothing of the operator's insides.
/// </summary>
internal sealed class EtcdRun : IAsyncDisposable
{
    public const string StatusPath = "status/default/orders.yaml";
    private const string ClientService = "http://orders-client.default.svc:2379";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan NameDeadline = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly string _version;
    private readonly ConcurrentQueue<(long At, string Line)> _heard;
    private readonly OperatorOutput _words;
    private readonly SandboxEnvironment _environment;
    private readonly DesiredStateClone _clone;

    // Something was done to the cluster that is not the operator's.
    private bool _disturbed;

    private EtcdRun(
        string folder,
        string version,
        ConcurrentQueue<(long At, string Line)> heard,
        OperatorOutput words,
        SandboxEnvironment environment,
        DesiredStateClone clone
    )
    {
        _folder = folder;
        _version = version;
        _heard = heard;
        _words = words;
        _environment = environment;
        _clone = clone;
    }

    /// <param name="kubeAssets">Folder of a real kube-apiserver to run on; null for the sandbox's own.</param>
    /// <param name="forge">Whose pull requests the operator reviews; null for no forge.</param>
    /// <param name="binaries">Folder with the programs of images; null for the usual one.</param>
    /// <param name="inPod">The operator runs in a pod that deploy/ makes, not beside the cluster; what it prints is not heard then.</param>
    public static async Task<EtcdRun> StartAsync(
        string version,
        CancellationToken cancellationToken,
        string? kubeAssets = null,
        GitHubStandIn? forge = null,
        string? binaries = null,
        bool inPod = false
    )
    {
        await SandboxSupport.SkipUnlessAvailableAsync();
        var folder = Directory.CreateTempSubdirectory("end-to-end-").FullName;
        var heard = new ConcurrentQueue<(long, string)>();
        var words = new OperatorOutput(line => heard.Enqueue((Now(), line)));
        var environment = await SandboxEnvironment.StartAsync(
            new(DemoPrograms.Beside, Path.Combine(folder, "environment"), binaries ?? Binaries.Folder, kubeAssets)
            {
                Deploy = inPod ? null : Checkout.Deploy,
                WriterPause = WriterPause,
                Reach = forge is null ? [] : [forge.Api.Port],
                RepositorySettings = forge is null
                    ? []
                    : await ReviewSettingsAsync(forge, Path.Combine(folder, "token"), cancellationToken),
            },
            words.Hear,
            cancellationToken
        );
        try
        {
            var clone = await EmptyRepository.CloneAsync(environment, folder, cancellationToken);
            var run = new EtcdRun(folder, version, heard, words, environment, clone);
            if (inPod)
            {
                await run.DeployOperatorAsync(cancellationToken);
            }
            else
            {
                environment.StartOperator();
            }

            return run;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has nothing arrive that the operator in its pod sends there.</summary>
    /// <param name="from">An address, with a port where only that is meant.</param>
    public async Task CutOperatorAsync(string from, CancellationToken cancellationToken) =>
        await _environment.PartitionAsync(await OperatorPodAsync(cancellationToken), from, cancellationToken);

    public async Task HealOperatorAsync(CancellationToken cancellationToken) =>
        await _environment.FaultAsync("heal", await OperatorPodAsync(cancellationToken), cancellationToken);

    public Task<string> AddressAsync(string member, CancellationToken cancellationToken) =>
        KubectlAsync(["get", "pod", $"{member}-0", "-o", "jsonpath={.status.podIP}"], cancellationToken);

    /// <summary>The cluster's objects that hold its data or serve it, with their identities.</summary>
    public async Task<IReadOnlyList<string>> IdentitiesAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await KubectlAsync(
                    [
                        "get",
                        "pods,persistentvolumeclaims,statefulsets",
                        "-l",
                        "gitops-operator.dev/cluster=orders",
                        "-o",
                        "jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.uid}{\"\\n\"}{end}",
                    ],
                    cancellationToken
                )
            )
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal),
        ];

    private async Task DeployOperatorAsync(CancellationToken cancellationToken)
    {
        var overlay = await DeployOverlay.WriteAsync(_folder, Checkout.Deploy, _environment.GitInside, new(Replicas: 1), cancellationToken);
        await KubectlAsync(["apply", "-k", overlay], cancellationToken);
        await KubectlAsync(
            ["-n", OperatorAccess.Namespace, "rollout", "status", "deployment/gitops-operator", "--timeout=120s"],
            cancellationToken
        );
    }

    private async Task<string> OperatorPodAsync(CancellationToken cancellationToken)
    {
        string[] get = ["-n", OperatorAccess.Namespace, "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"];
        return $"{OperatorAccess.Namespace}/{(await KubectlAsync(get, cancellationToken)).Trim()}";
    }

    private static async Task<IReadOnlyList<string>> ReviewSettingsAsync(
        GitHubStandIn forge,
        string tokenFile,
        CancellationToken cancellationToken
    )
    {
        await File.WriteAllTextAsync(tokenFile, GitHubStandIn.Token + "\n", cancellationToken);
        return
        [
            "pullRequests:",
            "  forge: github",
            $"  api: {forge.Api}",
            "  repository: acme/clusters",
            $"  tokenFile: {tokenFile}",
            "  interval: 1s",
        ];
    }

    /// <summary>
    /// Four connections with a write in flight most of the time, and most of the processor left to what is tested.
    /// </summary>
    private static readonly TimeSpan WriterPause = TimeSpan.FromMilliseconds(60);

    public static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public Task StartWriterAsync(CancellationToken cancellationToken) => _environment.StartWriterAsync(cancellationToken);

    public void StartOperator() => _environment.StartOperator();

    public Task KillOperatorAsync() => _environment.KillOperatorAsync();

    public Task KillAsync(string member, CancellationToken cancellationToken) => FaultAsync("kill", member, cancellationToken);

    /// <param name="fault">As <c>sandbox fault</c> knows it.</param>
    public Task FaultAsync(string fault, string member, CancellationToken cancellationToken) =>
        DisturbAsync(fault, $"{member}-0", cancellationToken);

    private Task DisturbAsync(string fault, string target, CancellationToken cancellationToken)
    {
        _disturbed = true;
        return _environment.FaultAsync(fault, target, cancellationToken);
    }

    /// <summary>The node that a member's pod is on.</summary>
    public Task<string> NodeAsync(string member, CancellationToken cancellationToken) =>
        KubectlAsync(["get", "pod", $"{member}-0", "-o", "jsonpath={.spec.nodeName}"], cancellationToken);

    /// <summary>How many members each node has that has any, the fewest first.</summary>
    public async Task<IReadOnlyList<int>> MembersByNodeAsync(IEnumerable<string> members, CancellationToken cancellationToken) =>
        [
            .. (await Task.WhenAll(members.Select(member => NodeAsync(member, cancellationToken))))
                .CountBy(node => node)
                .Select(count => count.Value)
                .Order(),
        ];

    public Task LoseNodeAsync(string node, CancellationToken cancellationToken) => DisturbAsync("node-down", node, cancellationToken);

    public Task ReturnNodeAsync(string node, CancellationToken cancellationToken) => DisturbAsync("node-up", node, cancellationToken);

    /// <summary>Pods that a node starts from now on start so much later.</summary>
    public Task SlowStartAsync(string node, int seconds, CancellationToken cancellationToken)
    {
        _disturbed = true;
        return _environment.SlowStartAsync(node, seconds, cancellationToken);
    }

    /// <summary>The claims that there are, with their identities.</summary>
    public Task<string> VolumesAsync(CancellationToken cancellationToken) =>
        KubectlAsync(
            ["get", "persistentvolumeclaims", "-o", "jsonpath={range .items[*]}{.metadata.name}={.metadata.uid}{\"\\n\"}{end}"],
            cancellationToken
        );

    public Task WipeAsync(string member, CancellationToken cancellationToken) => FaultAsync("wipe", member, cancellationToken);

    /// <summary>Commits a size and gives the commit.</summary>
    public Task<string> CommitSizeAsync(int size, CancellationToken cancellationToken) => CommitAsync(size, _version, cancellationToken);

    /// <summary>Commits a document and gives the commit.</summary>
    /// <param name="further">More lines of the spec, indented by two.</param>
    /// <param name="annotation">One of the document, as YAML; null for none.</param>
    public async Task<string> CommitAsync(
        int size,
        string version,
        CancellationToken cancellationToken,
        string further = "",
        string? annotation = null
    )
    {
        await File.WriteAllTextAsync(
            Path.Combine(_clone.Folder, "clusters", "orders.yaml"),
            $"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata:
              name: orders{(annotation is null ? "" : $"\n  annotations: {{{annotation}}}")}
            spec:
              size: {size}
              version: {version}
              storage:
                size: 1Gi
            {further}
            """,
            cancellationToken
        );
        return await _clone.PushAsync($"Size {size}, version {version}", cancellationToken);
    }

    /// <summary>Takes the document out of git; another kind's stays, since an empty folder is no answer.</summary>
    public async Task<string> WithdrawAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_clone.Folder, "clusters");
        File.Delete(Path.Combine(folder, "orders.yaml"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "other.yaml"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n",
            cancellationToken
        );
        return await _clone.PushAsync("No cluster any more", cancellationToken);
    }

    /// <summary>Commits a size on a branch of its own and pushes it as a pull request's head; gives the commit.</summary>
    public async Task<string> ProposeSizeAsync(int number, int size, CancellationToken cancellationToken)
    {
        await _clone.BranchAsync($"pull-{number}", cancellationToken);
        var head = await CommitSizeAsync(size, cancellationToken);
        await _clone.PushAsAsync($"refs/pull/{number}/head", cancellationToken);
        await _clone.SwitchAsync("main", cancellationToken);
        return head;
    }

    /// <summary>Merges a pull request's branch; gives the merge commit.</summary>
    public Task<string> MergeAsync(int number, CancellationToken cancellationToken) =>
        _clone.MergeAsync($"pull-{number}", cancellationToken);

    /// <summary>Commits a size and waits until git says that it is so.</summary>
    public async Task<StatusFile> ResizeAsync(int size, CancellationToken cancellationToken)
    {
        var commit = await CommitSizeAsync(size, cancellationToken);
        return await ConvergedAsync(commit, size, cancellationToken);
    }

    public Task<StatusFile> ConvergedAsync(string commit, int size, CancellationToken cancellationToken) =>
        UntilAsync(
            $"{size} healthy voters",
            status =>
                status.Phase == "Converged" && status.Revision == commit && status.HealthyVoters == size && status.Members.Count == size,
            cancellationToken
        );

    public async Task<StatusFile> UntilAsync(string expected, Func<StatusFile, bool> holds, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        var seen = "";
        try
        {
            while (true)
            {
                if (await _clone.StatusAsync(StatusPath, limit.Token) is { } yaml)
                {
                    seen = yaml;
                    if (StatusFile.Parse(yaml) is var status && holds(status))
                    {
                        return status;
                    }
                }

                await Task.Delay(200, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No word in git of {expected} after {Deadline}.\n{seen}\n{Told()}");
        }
    }

    /// <summary>Waits until a file of the status branch is as expected, and gives it.</summary>
    public async Task<string> FileUntilAsync(string file, string expected, Func<string, bool> holds, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        string? seen = null;
        try
        {
            while ((seen = await _clone.StatusAsync(file, limit.Token)) is null || !holds(seen))
            {
                await Task.Delay(200, limit.Token);
            }

            return seen;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{file} does not say {expected} after {Deadline}.\n{seen}\n{Told()}");
        }
    }

    /// <summary>Waits until the operator has said a line that ends with <paramref name="words"/>, from now on.</summary>
    public Task UntilHeardAsync(string words, CancellationToken cancellationToken) => _words.UntilAsync(words, Deadline, cancellationToken);

    /// <summary>The revision of a snapshot on any volume, as the tools of a version read it.</summary>
    public async Task<long> RevisionOfSnapshotAsync(string file, string version, CancellationToken cancellationToken)
    {
        var path = Assert.Single(Directory.EnumerateFiles(_folder, file, SearchOption.AllDirectories));
        var json = await ProgramRun.OutputAsync(
            [Binaries.SnapshotTool(version), "snapshot", "status", path, "-w", "json"],
            null,
            cancellationToken
        );
        using var status = JsonDocument.Parse(json);
        return status.RootElement.GetProperty("revision").GetInt64();
    }

    /// <summary>Has the operator take a snapshot, as a person does by hand; gives what the command says.</summary>
    public Task<string> SnapshotAsync(string cluster, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync(
            [
                Path.Combine(AppContext.BaseDirectory, "gitops-operator"),
                "snapshot",
                cluster,
                "--kubeconfig",
                _environment.Kubeconfig,
                "--timeout",
                "120",
            ],
            null,
            cancellationToken
        );

    /// <summary>Runs another command of the operator's program, with the configuration of the one that runs.</summary>
    public Task<string> OperatorAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        _environment.ExecuteAsync(OperatorCommand(arguments), cancellationToken);

    /// <summary>As <see cref="OperatorAsync"/>, whatever comes of it.</summary>
    public async Task<(int Code, string Output)> TryOperatorAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var ran = await _environment.RunAsync(OperatorCommand(arguments), cancellationToken);
        return (ran.ExitCode, ran.Output);
    }

    /// <summary>What the operator has said so far, line by line.</summary>
    public IEnumerable<string> Lines => _heard.Select(entry => entry.Line);

    /// <summary>When the operator said lines that contain <paramref name="words"/>.</summary>
    public IReadOnlyList<long> TimesOf(string words) =>
        [.. _heard.Where(entry => entry.Line.Contains(words, StringComparison.Ordinal)).Select(entry => entry.At)];

    /// <summary>
    /// Asks through the clients' Service, once it sends anybody to a member: a cluster may be healthy a moment before the kubelet has found
    /// its pods ready, and clients of old versions do not say that it was the name which had no address.
    /// </summary>
    public async Task<string> EtcdctlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        _disturbed |= arguments is ["member", not "list", ..];
        await UntilServedAsync(cancellationToken);
        return await _environment.ExecuteAsync([Binaries.Etcdctl(_version), "--endpoints", ClientService, .. arguments], cancellationToken);
    }

    private async Task UntilServedAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(NameDeadline);
        try
        {
            while (
                await KubectlAsync(
                    ["get", "endpoints", "orders-client", "--ignore-not-found", "-o", "jsonpath={.subsets[*].addresses[*].ip}"],
                    limit.Token
                ) == ""
            )
            {
                await Task.Delay(200, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The Service orders-client has no ready member behind it after {NameDeadline}.\n{Told()}");
        }
    }

    public Task<HeldWrite> HoldAsync(HoldPoint point, string resource, CancellationToken cancellationToken) =>
        _environment.HoldAsync(point, resource, cancellationToken);

    public Task<BoundaryWalk> WalkAsync(CancellationToken cancellationToken) => BoundaryWalk.BeginAsync(_environment, cancellationToken);

    public Task<string> LogAsync(string member, CancellationToken cancellationToken) =>
        _environment.LogAsync($"{member}-0", "etcd", cancellationToken);

    /// <summary>The members as etcd lists them.</summary>
    public async Task<IReadOnlyList<ListedMember>> MembersAsync(CancellationToken cancellationToken) =>
        [
            .. (await EtcdctlAsync(["member", "list"], cancellationToken))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(", "))
                .Select(fields => new ListedMember(fields[0], fields[2], Started: fields[1] == "started", IsLearner: fields[5] == "true")),
        ];

    /// <summary>Waits until a member has applied what was committed when this was called.</summary>
    public async Task UntilCaughtUpAsync(string member, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        var committed = await AppliedAsync("orders-0", limit.Token);
        while (await AppliedAsync(member, limit.Token) is not { } applied || applied < committed)
        {
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>What each of the members says at /metrics; one that does not answer within a second is left out.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MetricsAsync(IEnumerable<string> members, CancellationToken cancellationToken)
    {
        const string Ask =
            """exec 3<>"/dev/tcp/$1-0.orders-peers.default.svc/2381" && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3""";
        var answers = await Task.WhenAll(
            members.Select(async member =>
            {
                try
                {
                    return (
                        Member: member,
                        Text: (string?)
                            await _environment.ExecuteAsync(["timeout", "1", "bash", "-c", Ask, "ask", member], cancellationToken)
                    );
                }
                catch (DemoFailedException)
                {
                    return (Member: member, Text: null);
                }
            })
        );
        return answers.Where(answer => answer.Text is not null).ToDictionary(answer => answer.Member, answer => answer.Text!);
    }

    /// <summary>The versions that members answer with, each asked by itself.</summary>
    public async Task<IReadOnlyList<string>> VersionsAsync(IEnumerable<string> members, CancellationToken cancellationToken) =>
        await Task.WhenAll(
            members.Select(async member =>
                (
                    await _environment.ExecuteAsync(
                        [
                            Binaries.Etcdctl(_version),
                            "--endpoints",
                            $"http://{member}-0.orders-peers.default.svc:2379",
                            "endpoint",
                            "status",
                        ],
                        cancellationToken
                    )
                ).Split(", ")[2]
            )
        );

    /// <summary>Has the member with the highest index lead, by etcd's own tool; where there is one member, it does already.</summary>
    public async Task MoveLeaderToLastAsync(CancellationToken cancellationToken)
    {
        var status = await UntilAsync("a leader", status => status.Members.Any(member => member.Role == "leader"), cancellationToken);
        var leader = status.Members.Single(member => member.Role == "leader").Name;
        var last = status.Members.Select(member => member.Name).Max(StringComparer.Ordinal)!;
        if (leader == last)
        {
            return;
        }

        var list = await EtcdctlAsync(["member", "list"], cancellationToken);
        var id = list.Split('\n').Single(line => line.Contains($", {last},", StringComparison.Ordinal)).Split(',')[0];
        await _environment.ExecuteAsync(
            [Binaries.Etcdctl(_version), "--endpoints", $"http://{leader}-0.orders-peers.default.svc:2379", "move-leader", id],
            cancellationToken
        );
    }

    /// <summary>As <see cref="KubectlAsync"/>, whatever comes of it.</summary>
    public Task<ProgramRun.Result> TryKubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(Kubectl(arguments), null, cancellationToken);

    public Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync(Kubectl(arguments), null, cancellationToken);

    private string[] Kubectl(IReadOnlyList<string> arguments)
    {
        _disturbed |= arguments[0] is "delete" or "patch" or "scale" or "label" or "drain" or "uncordon";
        return [Binaries.Kubectl, "--kubeconfig", _environment.Kubeconfig, .. arguments];
    }

    /// <summary>Waits until Kubernetes says that a member's container has been started again.</summary>
    public async Task UntilRestartedAsync(string member, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        while (
            await KubectlAsync(["get", "pod", $"{member}-0", "-o", "jsonpath={.status.containerStatuses[0].restartCount}"], limit.Token)
            != "1"
        )
        {
            await Task.Delay(200, limit.Token);
        }
    }

    /// <summary>Ends the writer and judges its history by what etcdctl reads.</summary>
    public async Task<Account> AccountAsync(CancellationToken cancellationToken)
    {
        await _environment.StopWriterAsync(cancellationToken);
        var registers = await RegisterHistory.ReadAsync(RegisterHistory.PathBeside(_environment.HistoryPath), cancellationToken);
        var verdict = registers.Verify();
        await AgreesWithTheModelAsync(cancellationToken);
        Assert.Empty(verdict.Inexplicable);
        Assert.True(registers.Answered > 0, "no shared key was read or written");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"linearizable: {registers.Answered} reads, writes and swaps, undecided keys: {verdict.Undecided.Length}"
        );
        return new(await PutHistory.ReadAsync(_environment.HistoryPath, cancellationToken), await StoredAsync(cancellationToken));
    }

    /// <summary>Holds what the operator saw and did against the planner and the model. One in a pod keeps no recording.</summary>
    private async Task AgreesWithTheModelAsync(CancellationToken cancellationToken)
    {
        var file = SandboxEnvironment.RecordingIn(Path.Combine(_folder, "environment"));
        if (!File.Exists(file))
        {
            return;
        }

        var recorded = await RecordedRun.ReadAsync(file, _disturbed, cancellationToken);
        var disagreements = recorded.Disagreements().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"replayed in the model: {recorded.Transitions} transitions{(_disturbed ? ", disturbed" : "")}"
        );
        Assert.True(disagreements.Count == 0, string.Join('\n', disagreements.Take(20)));
    }

    public async Task<IReadOnlyDictionary<string, string>> StoredAsync(CancellationToken cancellationToken)
    {
        var json = await EtcdctlAsync(
            ["get", PutHistory.KeyPrefix, "--prefix", "-w", "json", "--command-timeout", "20s"],
            cancellationToken
        );
        using var answer = JsonDocument.Parse(json);
        return answer.RootElement.TryGetProperty("kvs", out var entries)
            ? entries.EnumerateArray().ToDictionary(entry => Text(entry, "key"), entry => Text(entry, "value"))
            : new Dictionary<string, string>();

        static string Text(JsonElement entry, string name) => Encoding.UTF8.GetString(entry.GetProperty(name).GetBytesFromBase64());
    }

    private string[] OperatorCommand(IReadOnlyList<string> arguments) =>
        [
            Path.Combine(AppContext.BaseDirectory, "gitops-operator"),
            .. arguments,
            "--config",
            Path.Combine(_folder, "environment", "operator.yaml"),
        ];

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

    /// <summary>Index that a member has applied; null while it does not answer.</summary>
    private async Task<long?> AppliedAsync(string member, CancellationToken cancellationToken)
    {
        var url = $"http://{member}-0.orders-peers.default.svc:2379";
        try
        {
            var line = await _environment.ExecuteAsync(
                [Binaries.Etcdctl(_version), "--endpoints", url, "endpoint", "status"],
                cancellationToken
            );
            return long.Parse(line.Split(", ")[8], CultureInfo.InvariantCulture);
        }
        catch (DemoFailedException)
        {
            return null;
        }
    }

    private string Told() =>
        string.Join('\n', _heard.TakeLast(40).Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.At} {entry.Line}")));

    internal sealed record ListedMember(string Id, string Name, bool Started, bool IsLearner);

    /// <param name="Stored">What etcdctl read after the end.</param>
    internal sealed record Account(PutHistory History, IReadOnlyDictionary<string, string> Stored);
}
