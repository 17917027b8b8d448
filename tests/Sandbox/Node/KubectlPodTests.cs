using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Tests.Api;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>What is asked of a pod that runs, with a real kubectl: its logs, its ports, its end.</summary>
[Trait("starts", "processes")]
public sealed partial class KubectlPodTests(SandboxFixture sandbox)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logs_are_those_of_the_run_that_is_asked_for()
    {
        await using var kubectl = await KubectlAsync("kubectl-logs");
        const string Script = "if [ -e /data/second ]; then echo second; exec sleep 1000; fi; touch /data/second; seq 1 5; exit 3";
        await CreateAsync(kubectl, Pod("talks", Script));
        await UntilAsync(kubectl, "talks", pod => pod.Status?.ContainerStatuses?[0] is { RestartCount: 1, Ready: true });

        await SandboxFixture.UntilAsync(() => kubectl.RunAsync(null, "logs", "talks"), said => said == "second", Soon, Cancelled);
        Assert.Equal("1\n2\n3\n4\n5", await kubectl.RunAsync(null, "logs", "talks", "--previous"));
        Assert.Equal("4\n5", await kubectl.RunAsync(null, "logs", "talks", "--previous", "--tail=2"));
        Assert.Equal("", await kubectl.RunAsync(null, "logs", "talks", "--previous", "--tail=0"));
        Assert.Equal("1\n2", await kubectl.RunAsync(null, "logs", "talks", "--previous", "--limit-bytes=3"));
        await RefusedAsync(kubectl, "container other is not valid for pod talks", "logs", "talks", "-c", "other");
        await RefusedAsync(kubectl, "timestamps", "logs", "talks", "--timestamps");
    }

    [Fact]
    public async Task A_log_is_followed_to_the_end_of_its_run()
    {
        await using var kubectl = await KubectlAsync("kubectl-follow");
        var pod = Pod("talks", "echo first; until [ -e /data/go ]; do sleep 0.1; done; echo last; exit 0");
        pod.Spec.RestartPolicy = "Never";
        await CreateAsync(kubectl, pod);
        var running = await UntilAsync(kubectl, "talks", StatefulSetPlan.IsReady);
        using var follow = kubectl.Start("logs", "-f", "talks");
        Assert.Equal("first", await follow.StandardOutput.ReadLineAsync(Cancelled));
        await RefusedAsync(kubectl, "previous terminated container \"main\" in pod \"talks\" not found", "logs", "talks", "--previous");

        var go = Path.Combine(sandbox.Folder, "pods", running.Metadata.Uid, "volumes", "data", "go");
        await File.WriteAllTextAsync(go, "", Cancelled);

        Assert.Equal("last", await follow.StandardOutput.ReadLineAsync(Cancelled));
        Assert.Null(await follow.StandardOutput.ReadLineAsync(Cancelled));
        await follow.WaitForExitAsync(Cancelled);
        Assert.Equal(0, follow.ExitCode);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_port_is_forwarded_over_a_WebSocket_and_over_SPDY_alone(string webSockets)
    {
        await using var kubectl = await KubectlAsync($"kubectl-forward-{webSockets}");
        var etcd = Pod("etcd", "");
        const string Url = "http://127.0.0.1:2379";
        etcd.Spec.Containers[0].Command =
        [
            "etcd",
            "--data-dir=/data/etcd",
            $"--listen-client-urls={Url}",
            $"--advertise-client-urls={Url}",
        ];
        etcd.Spec.Containers[0].ReadinessProbe = new()
        {
            Exec = new() { Command = ["etcdctl", "endpoint", "health"] },
            PeriodSeconds = 1,
        };
        await CreateAsync(kubectl, etcd);
        await UntilAsync(kubectl, "etcd", StatefulSetPlan.IsReady);

        var how = new Dictionary<string, string> { ["KUBECTL_PORT_FORWARD_WEBSOCKETS"] = webSockets };
        using var forward = kubectl.Start(how, "port-forward", "etcd", ":2379", ":1");
        var open = await PortAsync(forward, "2379");
        var shut = await PortAsync(forward, "1");
        using var http = new HttpClient { Timeout = Soon };
        var metrics = new Uri($"http://127.0.0.1:{open}/metrics");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetStringAsync(metrics, Cancelled)));
        Assert.All(answers, answer => Assert.Contains("etcd_server_has_leader 1", answer, StringComparison.Ordinal));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri($"http://127.0.0.1:{shut}/"), Cancelled));
        Assert.Contains(
            "error forwarding port 1 to pod etcd",
            await forward.StandardError.ReadLineAsync(Cancelled),
            StringComparison.Ordinal
        );
        forward.Kill();
        await forward.WaitForExitAsync(Cancelled);
    }

    [Fact]
    public async Task Who_deletes_a_pod_and_waits_does_not_wait_for_its_successor()
    {
        await using var kubectl = await KubectlAsync("kubectl-delete");
        await sandbox.Client.AppsV1.CreateNamespacedStatefulSetAsync(Set("web"), kubectl.Namespace, cancellationToken: Cancelled);
        for (var i = 0; i < 4; i++)
        {
            var before = await UntilAsync(kubectl, "web-0", StatefulSetPlan.IsReady);
            var asked = Stopwatch.GetTimestamp();
            using var delete = kubectl.Start("delete", "pod", "web-0");
            await delete.WaitForExitAsync(Cancelled).WaitAsync(Soon, Cancelled);
            Assert.Equal(0, delete.ExitCode);

            // However soon its process ends: kubectl asks twice, and what it is to see must still be there the second time.
            Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromSeconds(1), Soon);
            var after = await UntilAsync(kubectl, "web-0", pod => pod.Metadata.Uid != before.Metadata.Uid);
            Assert.Null(after.Metadata.DeletionTimestamp);
        }
    }

    [Fact]
    public async Task Budgets_and_volumes_tell_true_numbers()
    {
        await using var kubectl = await KubectlAsync("kubectl-numbers");
        await sandbox.Client.AppsV1.CreateNamespacedStatefulSetAsync(
            Set("web", replicas: 2),
            kubectl.Namespace,
            cancellationToken: Cancelled
        );
        await kubectl.RunAsync(null, "create", "poddisruptionbudget", "web", "--selector=app=web", "--max-unavailable=1");
        await SandboxFixture.UntilAsync(
            () => RowAsync("poddisruptionbudget", "web"),
            row => row is ["web", "N/A", "1", "1", _],
            Soon,
            Cancelled
        );
        var budget = await sandbox.Client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(
            "web",
            kubectl.Namespace,
            cancellationToken: Cancelled
        );
        Assert.Equal((2, 2, 1), (budget.Status.ExpectedPods, budget.Status.CurrentHealthy, budget.Status.DesiredHealthy));
        Assert.Equal(("DisruptionAllowed", "True"), (budget.Status.Conditions[0].Type, budget.Status.Conditions[0].Status));

        await kubectl.RunAsync(null, "patch", "pdb", "web", "-p", """{"spec":{"maxUnavailable":0}}""");
        await SandboxFixture.UntilAsync(
            () => RowAsync("poddisruptionbudget", "web"),
            row => row is ["web", "N/A", "0", "0", _],
            Soon,
            Cancelled
        );

        var row = await RowAsync("persistentvolumeclaim", "data-web-0");
        Assert.Equal(["Bound", "1Gi", "RWO", "<unset>"], [row[1], .. row[3..6]]);
        var volume = row[2];
        row = await RowAsync("persistentvolume", volume);
        Assert.Equal(["1Gi", "RWO", "Delete", "Bound", $"{kubectl.Namespace}/data-web-0", "<unset>"], row[1..7]);
        await kubectl.RunAsync(null, "delete", "statefulset", "web");
        await kubectl.RunAsync(null, "delete", "persistentvolumeclaim", "--all");
        await kubectl.RunAsync(null, "wait", "--for=delete", $"persistentvolume/{volume}", "--timeout=30s");

        async Task<string[]> RowAsync(string kind, string name) =>
            (await kubectl.RunAsync(null, "get", kind, name, "--no-headers")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Events_are_sorted_by_when_they_were_last_seen()
    {
        await using var kubectl = await KubectlAsync("kubectl-events");
        foreach (var (name, second) in new[] { ("second", 20), ("third", 30), ("first", 10) })
        {
            var seen = new DateTime(2026, 1, 1, 0, 0, second, DateTimeKind.Utc);
            await sandbox.Client.CoreV1.CreateNamespacedEventAsync(
                new Corev1Event
                {
                    Metadata = new() { Name = name },
                    InvolvedObject = new()
                    {
                        Kind = "Pod",
                        Name = "p",
                        NamespaceProperty = kubectl.Namespace,
                    },
                    Reason = name,
                    Message = "m",
                    LastTimestamp = seen,
                },
                kubectl.Namespace,
                cancellationToken: Cancelled
            );
        }

        var lines = (await kubectl.RunAsync(null, "get", "events", "--sort-by=.lastTimestamp", "--no-headers")).Split('\n');
        Assert.Equal(["first", "second", "third"], lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
    }

    private async Task<KubectlRunner> KubectlAsync(string name)
    {
        var ns = await sandbox.NamespaceAsync(name, Cancelled);
        var program = KubectlRunner.Find();
        Assert.SkipWhen(program is null, "no kubectl: run scripts/binaries.sh");
        var config = await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, "kubeconfig"), Cancelled);
        return await KubectlRunner.CreateAsync(program!, config, ns, Cancelled);
    }

    private static async Task RefusedAsync(KubectlRunner kubectl, string says, params string[] arguments)
    {
        var (exit, output) = await kubectl.TryAsync(null, arguments);
        Assert.Equal(1, exit);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }

    private static async Task<int> PortAsync(Process forward, string to)
    {
        while (await forward.StandardOutput.ReadLineAsync(Cancelled) is { } line)
        {
            if (Forwarding().Match(line) is { Success: true } match && match.Groups[2].Value == to)
            {
                return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException(await forward.StandardError.ReadToEndAsync(Cancelled));
    }

    [GeneratedRegex(@"\AForwarding from 127\.0\.0\.1:(\d+) -> (\d+)\z")]
    private static partial Regex Forwarding();

    private Task<V1Pod> CreateAsync(KubectlRunner kubectl, V1Pod pod) =>
        sandbox.Client.CoreV1.CreateNamespacedPodAsync(pod, kubectl.Namespace, cancellationToken: Cancelled);

    private Task<V1Pod> UntilAsync(KubectlRunner kubectl, string name, Func<V1Pod, bool> desired) =>
        SandboxFixture.UntilAsync(
            async () =>
            {
                var found = await sandbox.Client.CoreV1.ListNamespacedPodAsync(
                    kubectl.Namespace,
                    fieldSelector: $"metadata.name={name}",
                    cancellationToken: Cancelled
                );
                return found.Items.SingleOrDefault() ?? new V1Pod { Metadata = new(), Status = new() };
            },
            desired,
            Soon,
            Cancelled
        );

    private static V1Pod Pod(string name, string script) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new() { Name = name },
            Spec = Spec(script),
        };

    private static V1PodSpec Spec(string script) =>
        new()
        {
            TerminationGracePeriodSeconds = 1,
            Containers =
            [
                new()
                {
                    Name = "main",
                    Image = "etcd:3.5.16",
                    Command = ["sh", "-c", script],
                    VolumeMounts = [new() { Name = "data", MountPath = "/data" }],
                },
            ],
            Volumes = [new() { Name = "data", EmptyDir = new() }],
        };

    private static V1StatefulSet Set(string name, int replicas = 1)
    {
        var spec = Spec("trap 'exit 0' TERM; while :; do sleep 0.02; done");
        spec.Volumes = null;
        var labels = new Dictionary<string, string> { ["app"] = name };
        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = new() { Name = name },
            Spec = new()
            {
                Replicas = replicas,
                ServiceName = name,
                PodManagementPolicy = "Parallel",
                Selector = new() { MatchLabels = labels },
                Template = new()
                {
                    Metadata = new() { Labels = labels },
                    Spec = spec,
                },
                VolumeClaimTemplates = [Samples.Claim("data")],
            },
        };
    }
}
