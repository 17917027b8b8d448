using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Node;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>Real etcd processes in real namespaces, seen from outside as any client of a cluster would see them.</summary>
[Trait("starts", "processes")]
public sealed class RealEtcdTests(SandboxFixture sandbox)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_set_with_one_etcd_becomes_ready_and_answers_under_its_name()
    {
        var ns = await StartEtcdAsync("etcd-ready");

        var pod = await PodAsync(ns);
        Assert.Contains(pod.Spec.NodeName, NodeOptions.Names);
        Assert.StartsWith("10.128.", pod.Status.PodIP, StringComparison.Ordinal);
        Assert.Equal("Running", pod.Status.Phase);
        var claim = await sandbox.Client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(
            "data-orders-0-0",
            ns,
            cancellationToken: Cancelled
        );
        Assert.Equal("Bound", claim.Status.Phase);
        var set = await SandboxFixture.UntilAsync(
            () => sandbox.Client.AppsV1.ReadNamespacedStatefulSetAsync(EtcdSet.Name, ns, cancellationToken: Cancelled),
            set => set.Status?.ReadyReplicas == 1,
            Soon,
            Cancelled
        );
        Assert.Equal(1, set.Status.Replicas);
        Assert.Equal(0, await ExecAsync("etcdctl", $"--endpoints=http://{EtcdSet.Pod}.{EtcdSet.Service}.{ns}.svc:2379", "put", "a", "1"));
        Assert.Equal(0, await ExecAsync("etcdctl", $"--endpoints=http://{EtcdSet.Service}.{ns}.svc.cluster.local:2379", "get", "a"));
    }

    [Fact]
    public async Task A_killed_process_is_started_again_with_its_data()
    {
        var ns = await StartEtcdAsync("etcd-killed");
        var endpoint = $"--endpoints=http://{EtcdSet.Pod}.{EtcdSet.Service}.{ns}.svc:2379";
        Assert.Equal(0, await ExecAsync("etcdctl", endpoint, "put", "kept", "1"));

        await FaultAsync("kill", ns);

        var pod = await RestartedAsync(ns, restarts: 1);
        Assert.Equal(137, pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);
        Assert.Equal(0, await ExecAsync("sh", "-c", $"etcdctl {endpoint} get kept | grep -qx 1"));
    }

    [Theory]
    [InlineData("stop", "continue")]
    [InlineData("partition", "heal")]
    public async Task A_process_that_is_stopped_or_cut_off_answers_nobody_and_is_the_same_one_afterwards(string fault, string end)
    {
        var ns = await StartEtcdAsync($"etcd-{fault}");
        string[] put =
        [
            "etcdctl",
            $"--endpoints=http://{EtcdSet.Pod}.{EtcdSet.Service}.{ns}.svc:2379",
            "--dial-timeout=2s",
            "--command-timeout=2s",
            "put",
            "a",
            "1",
        ];
        Assert.Equal(0, await ExecAsync(put));

        await FaultAsync(fault, ns);
        Assert.NotEqual(0, await ExecAsync(put));
        await FaultAsync(end, ns);

        Assert.Equal(0, await SandboxFixture.UntilAsync(() => ExecAsync(put), code => code == 0, Soon, Cancelled));
        Assert.Equal(0, (await PodAsync(ns)).Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task A_wiped_and_sealed_member_ends_with_its_last_word_in_the_status()
    {
        var ns = await StartEtcdAsync("etcd-wiped");
        await sandbox.Client.CoreV1.ReplaceNamespacedConfigMapAsync(
            EtcdSet.BootMap(ns, "existing"),
            EtcdSet.Boot,
            ns,
            cancellationToken: Cancelled
        );
        await FaultAsync("kill", ns);
        await RestartedAsync(ns, restarts: 1);

        await FaultAsync("wipe", ns);

        var pod = await SandboxFixture.UntilAsync(
            () => PodAsync(ns),
            pod => pod.Status.ContainerStatuses[0] is { State.Waiting.Reason: "CrashLoopBackOff", LastState.Terminated.ExitCode: 1 },
            Soon,
            Cancelled
        );
        Assert.Contains(
            "cannot fetch cluster info from peer urls",
            pod.Status.ContainerStatuses[0].LastState.Terminated.Message,
            StringComparison.Ordinal
        );
        Assert.False(StatefulSetPlan.IsReady(pod));
    }

    [Fact]
    public async Task An_old_volume_put_back_holds_what_was_there_when_it_was_copied()
    {
        var ns = await StartEtcdAsync("etcd-old-volume");
        var endpoint = $"--endpoints=http://{EtcdSet.Pod}.{EtcdSet.Service}.{ns}.svc:2379";
        Assert.Equal(0, await ExecAsync("etcdctl", endpoint, "put", "kept", "old"));
        await FaultAsync("copy-volume", ns);
        Assert.Equal(0, await ExecAsync("etcdctl", endpoint, "put", "kept", "new"));

        await FaultAsync("old-volume", ns);

        await RestartedAsync(ns, restarts: 1);
        Assert.Equal(0, await ExecAsync("sh", "-c", $"etcdctl {endpoint} get kept | grep -qx old"));
    }

    [Fact]
    public async Task A_restarted_container_sees_what_its_ConfigMap_says_by_then()
    {
        var ns = await StartEtcdAsync("etcd-environment");
        await sandbox.Client.CoreV1.ReplaceNamespacedConfigMapAsync(
            EtcdSet.BootMap(ns, "existing", "another-token"),
            EtcdSet.Boot,
            ns,
            cancellationToken: Cancelled
        );

        await FaultAsync("kill", ns);

        await RestartedAsync(ns, restarts: 1);
        Assert.Contains("another-token", sandbox.Log(ns, EtcdSet.Pod, "etcd"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_pod_is_made_again_with_its_claim()
    {
        var ns = await StartEtcdAsync("etcd-lost");
        var before = await PodAsync(ns);
        await sandbox.Client.CoreV1.DeleteNamespacedPodAsync(EtcdSet.Pod, ns, cancellationToken: Cancelled);

        var after = await SandboxFixture.UntilAsync(
            async () => (await sandbox.Client.CoreV1.ListNamespacedPodAsync(ns, cancellationToken: Cancelled)).Items.SingleOrDefault(),
            pod => pod is not null && pod.Metadata.Uid != before.Metadata.Uid && StatefulSetPlan.IsReady(pod),
            Soon,
            Cancelled
        );

        // It ended in order: etcd says so on SIGTERM, and the new process found its data.
        var log = sandbox.Log(ns, EtcdSet.Pod, "etcd");
        Assert.Contains("received signal; shutting down", log, StringComparison.Ordinal);
        Assert.Contains("restarting local member", log, StringComparison.Ordinal);
        Assert.NotEqual(before.Status.PodIP, after!.Status.PodIP);
    }

    private async Task<string> StartEtcdAsync(string name)
    {
        var ns = await sandbox.NamespaceAsync(name, Cancelled);
        await sandbox.Client.CoreV1.CreateNamespacedServiceAsync(EtcdSet.PeerService(), ns, cancellationToken: Cancelled);
        await sandbox.Client.CoreV1.CreateNamespacedConfigMapAsync(EtcdSet.BootMap(ns, "new"), ns, cancellationToken: Cancelled);
        await sandbox.Client.AppsV1.CreateNamespacedStatefulSetAsync(EtcdSet.Set(), ns, cancellationToken: Cancelled);
        await SandboxFixture.UntilAsync(
            async () => (await sandbox.Client.CoreV1.ListNamespacedPodAsync(ns, cancellationToken: Cancelled)).Items.SingleOrDefault(),
            pod => pod is not null && StatefulSetPlan.IsReady(pod),
            Soon,
            Cancelled
        );
        return ns;
    }

    private Task<V1Pod> PodAsync(string ns) => sandbox.Client.CoreV1.ReadNamespacedPodAsync(EtcdSet.Pod, ns, cancellationToken: Cancelled);

    private async Task<V1Pod> RestartedAsync(string ns, int restarts) =>
        await SandboxFixture.UntilAsync(
            () => PodAsync(ns),
            pod => pod.Status.ContainerStatuses[0].RestartCount == restarts && StatefulSetPlan.IsReady(pod),
            Soon,
            Cancelled
        );

    private async Task FaultAsync(string kind, string ns, string? from = null)
    {
        using var output = new StringWriter();
        Assert.True(
            await SandboxCommand.FaultAsync(sandbox.Folder, Faults.Find(kind)!, $"{ns}/{EtcdSet.Pod}", from, null, output, Cancelled) == 0,
            output.ToString()
        );
    }

    private Task<int> ExecAsync(params string[] command) => SandboxCommand.ExecAsync(sandbox.Folder, command, TextWriter.Null, Cancelled);
}
