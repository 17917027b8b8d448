using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Demo.Environments;

/// <summary>A cluster that a demo runs on, by what any cluster has: a kubeconfig, and what its owner lets kubectl do.</summary>
/// <param name="Kubectl">The program.</param>
/// <param name="Kubeconfig">Its administrator's.</param>
/// <param name="Image">The operator's image, as the cluster pulls it or its nodes have it.</param>
/// <param name="SandboxImage">The sandbox's, in the same way.</param>
/// <param name="KillAsync">Ends a pod, <c>namespace/name</c>, without a word of warning; null where kubectl must do, by which the pod is
/// another one afterwards.</param>
internal sealed record ClusterAccess(
    string Kubectl,
    string Kubeconfig,
    string Image,
    string SandboxImage,
    Func<string, CancellationToken, Task>? KillAsync
);

/// <summary>
/// What a demo needs inside a cluster of anybody's: a client of etcd in a pod, and a git server that lies on this machine and is reached
/// through that pod, so that nothing but the sandbox's image is needed there.
/// </summary>
internal sealed partial class ClusterEnvironment : IAsyncDisposable
{
    /// <summary>Of the client; the operator has its own, and the demo's document names <c>default</c>.</summary>
    public const string Namespace = "gitops-operator-demo";

    public const int GitPort = 3000;

    private const string Program = "/app/gitops-sandbox";
    private const string Endpoint = "http://orders-client.default.svc:2379";
    private const string History = "/data/history.jsonl";
    private const string OfCluster = "gitops-operator.dev/cluster=orders";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan RelayPause = TimeSpan.FromSeconds(1);

    private readonly ClusterAccess _access;
    private readonly string _folder;
    private readonly GitHttpServer _git;
    private readonly CancellationTokenSource _over = new();
    private Task _relaying = Task.CompletedTask;

    private ClusterEnvironment(ClusterAccess access, string folder, GitHttpServer git) => (_access, _folder, _git) = (access, folder, git);

    /// <summary>The repository, from this machine.</summary>
    public Uri Git => new(_git.Address, "clusters.git");

    /// <summary>The same as pods reach it.</summary>
    public static string GitInside => $"http://git.{Namespace}.svc:{GitPort}/clusters.git";

    /// <summary>The folder that is served there.</summary>
    public string Repository => Path.Combine(_folder, "git", "clusters.git");

    /// <summary>How what happens to a pod on <see cref="KillAsync"/> is described.</summary>
    public string Killing => _access.KillAsync is null ? "deleted without grace" : "killed with SIGKILL";

    /// <exception cref="DemoFailedException">The cluster has an operator or a cluster of that name already, which the demo would take for
    /// its own.</exception>
    public static async Task<ClusterEnvironment> StartAsync(ClusterAccess access, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var repositories = Path.Combine(folder, "git");
        await BareRepository.CreateAsync(Path.Combine(repositories, "clusters.git"), cancellationToken);
        var environment = new ClusterEnvironment(
            access,
            folder,
            await GitHttpServer.StartAsync(new() { Root = repositories }, cancellationToken)
        );
        try
        {
            await environment.ThrowIfTakenAsync(cancellationToken);
            await environment.StartClientAsync(cancellationToken);
            return environment;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    public Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync([_access.Kubectl, "--kubeconfig", _access.Kubeconfig, .. arguments], null, cancellationToken);

    /// <param name="pod">As namespace/name.</param>
    public async Task KillAsync(string pod, CancellationToken cancellationToken)
    {
        if (_access.KillAsync is { } kill)
        {
            await kill(pod, cancellationToken);
            return;
        }

        var (@namespace, name) = pod.Split('/') is [var first, var second]
            ? (first, second)
            : throw new ArgumentException(pod, nameof(pod));
        await KubectlAsync(["-n", @namespace, "delete", "pod", name, "--grace-period=0", "--force", "--wait=false"], cancellationToken);
    }

    /// <summary>Ids and names of the cluster's members, by etcd's own word.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(CancellationToken cancellationToken)
    {
        var pod = (
            await KubectlAsync(
                ["-n", "default", "get", "pods", "-l", OfCluster, "-o", "jsonpath={.items[0].metadata.name}"],
                cancellationToken
            )
        ).Trim();
        return
        [
            .. (await KubectlAsync(["-n", "default", "exec", pod, "--", "etcdctl", "member", "list"], cancellationToken))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(", "))
                .Select(fields => $"{fields[2]}={fields[0]}")
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether every acknowledged write is there, and a line that says how many; the client goes on meanwhile.</summary>
    public async Task<(bool NothingLost, string Line)> VerifyAsync(CancellationToken cancellationToken)
    {
        var result = await AskClientAsync(cancellationToken);
        return result.ExitCode is 0 or 3
            ? (result.ExitCode == 0, result.Output.Trim())
            : throw new DemoFailedException($"What was written could not be verified: {result.Error}{result.Output}");
    }

    /// <summary>Waits for a write of the client that is acknowledged from now on.</summary>
    public async Task GoesOnWritingAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        var (first, result) = ((int?)null, new ProgramRun.Result(0, "", ""));
        try
        {
            while (true)
            {
                result = await AskClientAsync(deadline.Token);
                if (Acknowledged().Match(result.Output) is { Success: true } found)
                {
                    var now = int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
                    if (now > (first ??= now))
                    {
                        return;
                    }
                }

                await Task.Delay(100, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoFailedException(
                $"After {Deadline.TotalSeconds} s the client has written nothing more. It says: {result.Output}{result.Error}"
            );
        }
    }

    /// <summary>Removes the client and the demo's cluster with its volumes; the operator is removed by its own manifests.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await KubectlAsync(
            ["-n", "default", "delete", "statefulsets,services,configmaps,poddisruptionbudgets", "-l", OfCluster],
            cancellationToken
        );
        await KubectlAsync(
            ["-n", "default", "wait", "--for=delete", "pod", "-l", OfCluster, $"--timeout={Deadline.TotalSeconds}s"],
            cancellationToken
        );
        await KubectlAsync(["-n", "default", "delete", "persistentvolumeclaims", "-l", OfCluster], cancellationToken);
        await KubectlAsync(["delete", "namespace", Namespace], cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _relaying;
        await _git.DisposeAsync();
        _over.Dispose();
    }

    private async Task ThrowIfTakenAsync(CancellationToken cancellationToken)
    {
        var found =
            await KubectlAsync(
                ["get", "namespace", OperatorAccess.Namespace, Namespace, "--ignore-not-found", "-o", "name"],
                cancellationToken
            )
            + await KubectlAsync(
                ["-n", "default", "get", "statefulsets,persistentvolumeclaims", "-l", OfCluster, "-o", "name"],
                cancellationToken
            )
            + await KubectlAsync(
                ["get", "customresourcedefinition", "etcdclusters.gitops-operator.dev", "--ignore-not-found", "-o", "name"],
                cancellationToken
            );
        if (found.Trim().Length > 0)
        {
            throw new DemoFailedException(
                "The demo makes an operator and an etcd cluster and removes them again, but this Kubernetes cluster has such "
                    + $"already: {found.Trim().ReplaceLineEndings(", ")}. Give it one without."
            );
        }
    }

    private async Task StartClientAsync(CancellationToken cancellationToken)
    {
        var manifest = Path.Combine(_folder, "client.yaml");
        await File.WriteAllTextAsync(manifest, Manifest(_access.SandboxImage), cancellationToken);
        await KubectlAsync(["apply", "-f", manifest], cancellationToken);
        await KubectlAsync(
            ["-n", Namespace, "wait", "--for=condition=Ready", "pod/client", $"--timeout={Deadline.TotalSeconds}s"],
            cancellationToken
        );
        _relaying = RelayAsync(_over.Token);
    }

    private Task<ProgramRun.Result> AskClientAsync(CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(
            [
                _access.Kubectl,
                "--kubeconfig",
                _access.Kubeconfig,
                "-n",
                Namespace,
                "exec",
                "client",
                "--",
                Program,
                "verify",
                "--endpoint",
                Endpoint,
                "--history",
                History,
            ],
            null,
            cancellationToken
        );

    /// <summary>Keeps a program in the client's pod that listens there, and connects to the git server here whoever comes. It is started
    /// anew when the way to it breaks.</summary>
    private async Task RelayAsync(CancellationToken cancellationToken)
    {
        await using var log = new StreamWriter(Path.Combine(_folder, "relay.log"));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await log.WriteLineAsync($"ended: {await RelayOnceAsync(cancellationToken)}");
                await Task.Delay(RelayPause, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        }
    }

    private async Task<string> RelayOnceAsync(CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--kubeconfig",
            _access.Kubeconfig,
            "-n",
            Namespace,
            "exec",
            "-i",
            "client",
            "--",
            Program,
            "relay",
            "--port",
            GitPort.ToString(CultureInfo.InvariantCulture),
        ];
        using var relay =
            Process.Start(
                new ProcessStartInfo(_access.Kubectl, arguments)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            ) ?? throw new InvalidOperationException($"{_access.Kubectl} could not be started");
        try
        {
            var error = relay.StandardError.ReadToEndAsync(cancellationToken);
            using var tunnel = new Tunnel(relay.StandardOutput.BaseStream, relay.StandardInput.BaseStream);
            await tunnel.ConnectAsync(
                token => SocketForwarder.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _git.Address.Port), token),
                cancellationToken
            );
            return await error;
        }
        finally
        {
            relay.Kill(entireProcessTree: true);
        }
    }

    private static string Manifest(string image) =>
        $$"""
            apiVersion: v1
            kind: Namespace
            metadata:
              name: {{Namespace}}
              labels:
                pod-security.kubernetes.io/enforce: restricted
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: client
              namespace: {{Namespace}}
              labels:
                app.kubernetes.io/name: gitops-operator-demo
            spec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 5
              securityContext:
                runAsNonRoot: true
                runAsUser: 1654
                runAsGroup: 1654
                fsGroup: 1654
                seccompProfile:
                  type: RuntimeDefault
              containers:
                - name: client
                  image: "{{image}}"
                  imagePullPolicy: IfNotPresent
                  args: [write, --endpoint, "{{Endpoint}}", --history, {{History}}]
                  env:
                    - {name: DOTNET_EnableDiagnostics, value: "0"}
                  securityContext:
                    allowPrivilegeEscalation: false
                    readOnlyRootFilesystem: true
                    capabilities:
                      drop: [ALL]
                  volumeMounts:
                    - {name: data, mountPath: /data}
              volumes:
                - name: data
                  emptyDir: {}
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: git
              namespace: {{Namespace}}
            spec:
              selector:
                app.kubernetes.io/name: gitops-operator-demo
              ports:
                - {name: http, port: {{GitPort}}, targetPort: {{GitPort}} }

            """;

    [GeneratedRegex("acknowledged writes: ([0-9]+)")]
    private static partial Regex Acknowledged();
}
