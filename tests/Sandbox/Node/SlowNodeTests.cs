using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Node;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>A node that is as slow as one of a real cluster may be.</summary>
[Trait("starts", "processes")]
public sealed class SlowNodeTests(SandboxFixture sandbox)
{
    private const string Node = "sandbox-3";
    private const string Slow = "3";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_that_starts_slowly_has_a_node_and_no_address_meanwhile()
    {
        var ns = await sandbox.NamespaceAsync("slow-start", Cancelled);
        await SlowAsync(Faults.SlowStart, Slow);
        var pod = await CreateAsync(Shell("late"), ns);
        await SandboxFixture.UntilAsync(() => ReadAsync(ns, "late"), p => p.Status?.ContainerStatuses is { Count: > 0 }, Soon, Cancelled);
        await SlowAsync(Faults.SlowStart, "0");

        var waiting = await ReadAsync(ns, "late");
        Assert.Equal(Node, waiting.Spec.NodeName);
        Assert.Equal("Pending", waiting.Status.Phase);
        Assert.Equal("ContainerCreating", waiting.Status.ContainerStatuses[0].State.Waiting.Reason);
        Assert.Null(waiting.Status.PodIP);

        var ready = await SandboxFixture.UntilAsync(() => ReadAsync(ns, "late"), StatefulSetPlan.IsReady, Soon, Cancelled);
        var took = ready.Status.ContainerStatuses[0].State.Running.StartedAt - pod.Metadata.CreationTimestamp;
        Assert.True(took > TimeSpan.FromSeconds(2), $"{took}");
    }

    [Fact]
    public async Task A_claim_of_slow_storage_is_pending_and_its_pod_has_no_node_before_it_is_bound()
    {
        var ns = await sandbox.NamespaceAsync("slow-storage", Cancelled);
        await SlowAsync(Faults.SlowStorage, Slow);
        await sandbox.Client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(
            new()
            {
                Metadata = new() { Name = "data" },
                Spec = new()
                {
                    AccessModes = ["ReadWriteOnce"],
                    Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new("1Gi") } },
                },
            },
            ns,
            cancellationToken: Cancelled
        );
        var pod = Shell("stored");
        pod.Spec.Volumes =
        [
            new()
            {
                Name = "data",
                PersistentVolumeClaim = new() { ClaimName = "data" },
            },
        ];
        pod.Spec.Containers[0].VolumeMounts = [new() { Name = "data", MountPath = "/data" }];
        await CreateAsync(pod, ns);
        await SandboxFixture.UntilAsync(
            () => ClaimAsync(ns),
            claim => claim.Metadata.Annotations?.ContainsKey("volume.kubernetes.io/selected-node") == true,
            Soon,
            Cancelled
        );

        Assert.NotEqual("Bound", (await ClaimAsync(ns)).Status?.Phase);
        Assert.Null((await ReadAsync(ns, "stored")).Spec.NodeName);

        await SandboxFixture.UntilAsync(() => ReadAsync(ns, "stored"), StatefulSetPlan.IsReady, Soon, Cancelled);
        Assert.Equal("Bound", (await ClaimAsync(ns)).Status.Phase);
        await SlowAsync(Faults.SlowStorage, "0");
    }

    /// <summary>An address that nobody has is told of after three seconds; one that is silent is not.</summary>
    [Theory]
    [InlineData("0", 1)]
    [InlineData("30", 124)]
    public async Task An_address_of_an_ended_pod_swallows_packets_where_it_is_to(string seconds, int exitCode)
    {
        var ns = await sandbox.NamespaceAsync($"silent-{seconds}", Cancelled);
        await CreateAsync(Shell("ended"), ns);
        var pod = await SandboxFixture.UntilAsync(() => ReadAsync(ns, "ended"), StatefulSetPlan.IsReady, Soon, Cancelled);
        await SlowAsync(Faults.SilentAddresses, seconds);
        await sandbox.Client.CoreV1.DeleteNamespacedPodAsync("ended", ns, gracePeriodSeconds: 1, cancellationToken: Cancelled);
        await SandboxFixture.UntilAsync(
            () => sandbox.Client.CoreV1.ListNamespacedPodAsync(ns, cancellationToken: Cancelled),
            pods => pods.Items.Count == 0,
            Soon,
            Cancelled
        );
        await SlowAsync(Faults.SilentAddresses, "0");

        string[] connect = ["timeout", "8", "bash", "-c", $"exec 3<>/dev/tcp/{pod.Status.PodIP}/9000"];
        Assert.Equal(exitCode, await SandboxCommand.ExecAsync(sandbox.Folder, connect, TextWriter.Null, Cancelled));
    }

    [Theory]
    [InlineData("nowhere", "the sandbox has no node nowhere")]
    public async Task What_cannot_be_slow_is_told(string node, string error)
    {
        Assert.NotNull(sandbox.Client);
        using var output = new StringWriter();
        Assert.Equal(1, await SandboxCommand.FaultAsync(sandbox.Folder, Faults.SlowStart, node, null, Slow, output, Cancelled));
        Assert.Contains(error, output.ToString(), StringComparison.Ordinal);
    }

    private async Task SlowAsync(Fault fault, string seconds)
    {
        using var output = new StringWriter();
        Assert.True(await SandboxCommand.FaultAsync(sandbox.Folder, fault, Node, null, seconds, output, Cancelled) == 0, output.ToString());
    }

    private Task<V1Pod> ReadAsync(string ns, string name) =>
        sandbox.Client.CoreV1.ReadNamespacedPodAsync(name, ns, cancellationToken: Cancelled);

    private Task<V1PersistentVolumeClaim> ClaimAsync(string ns) =>
        sandbox.Client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync("data", ns, cancellationToken: Cancelled);

    private Task<V1Pod> CreateAsync(V1Pod pod, string ns) =>
        sandbox.Client.CoreV1.CreateNamespacedPodAsync(pod, ns, cancellationToken: Cancelled);

    private static V1Pod Shell(string name) =>
        new()
        {
            Metadata = new() { Name = name },
            Spec = new()
            {
                NodeSelector = new Dictionary<string, string> { [NodeObject.HostnameLabel] = Node },
                Containers =
                [
                    new()
                    {
                        Name = "shell",
                        Image = "docker.io/library/debian:bookworm",
                        Command = ["/bin/sh", "-c", "exec sleep 1000"],
                    },
                ],
            },
        };
}
