using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>
/// Each managed object × each kind of change, by another field manager on the in-process API server and on a real etcd: reported with who
/// and when exactly where managedFields has it, left in mode report, cured in mode correct.
/// </summary>
[Collection(nameof(CountsEtcdCalls))]
[Trait("starts", "processes")]
public sealed class DriftMatrixProcessTests(DriftWorld drift)
{
    private const string Somebody = "kubectl-edit";
    private const string Set = "StatefulSet/orders-0";
    private const string Peers = "Service/orders-peers";
    private const string Clients = "Service/orders-client";
    private const string Boot = "ConfigMap/orders-0-boot";
    private const string Budget = "PodDisruptionBudget/orders-voters";
    private const string Pod = "Pod/orders-0-0";
    private const string Label = "app.kubernetes.io/name";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    // Edited.
    [InlineData(Set, """{"spec":{"replicas":0}}""", "spec.replicas", "1", "0", true)]
    [InlineData(Set, """{"spec":{"revisionHistoryLimit":7}}""", "spec.revisionHistoryLimit", "2", "7", true)]
    [InlineData(
        Set,
        """{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}""",
        "spec.updateStrategy.type",
        "OnDelete",
        "RollingUpdate",
        true
    )]
    [InlineData(
        Set,
        """{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":1}}}}""",
        "spec.template.spec.terminationGracePeriodSeconds",
        "30",
        "1",
        true
    )]
    [InlineData(
        Set,
        """{"spec":{"template":{"spec":{"containers":[{"name":"etcd","image":"evil:1"}]}}}}""",
        "spec.template.spec.containers[etcd].image",
        "gcr.io/etcd-development/etcd:v3.5.16",
        "evil:1",
        true
    )]
    [InlineData(
        Set,
        """{"metadata":{"labels":{"app.kubernetes.io/name":"other"}}}""",
        "metadata.labels[app.kubernetes.io/name]",
        "etcd",
        "other",
        true
    )]
    [InlineData(Peers, """{"spec":{"publishNotReadyAddresses":false}}""", "spec.publishNotReadyAddresses", "true", "false", true)]
    [InlineData(
        Clients,
        """{"spec":{"selector":{"gitops-operator.dev/cluster":"other"}}}""",
        "spec.selector[gitops-operator.dev/cluster]",
        "orders",
        "other",
        true
    )]
    [InlineData(Clients, """{"spec":{"selector":{"more":"x"}}}""", "spec.selector.more", null, "x", true)]
    [InlineData(
        Clients,
        """{"spec":{"ports":[{"port":2379,"$patch":"delete"},{"name":"client","port":4001,"targetPort":2379,"protocol":"TCP"}]}}""",
        "spec.ports[client].port",
        "2379",
        "4001",
        true
    )]
    [InlineData(
        Clients,
        """{"metadata":{"labels":{"app.kubernetes.io/name":"other"}}}""",
        "metadata.labels[app.kubernetes.io/name]",
        "etcd",
        "other",
        true
    )]
    [InlineData(Boot, """{"data":{"ETCD_INITIAL_CLUSTER_STATE":"new"}}""", "data.ETCD_INITIAL_CLUSTER_STATE", "existing", "new", true)]
    [InlineData(
        Boot,
        """{"metadata":{"labels":{"app.kubernetes.io/name":"other"}}}""",
        "metadata.labels[app.kubernetes.io/name]",
        "etcd",
        "other",
        true
    )]
    [InlineData(Budget, """{"spec":{"minAvailable":0}}""", "spec.minAvailable", "1", "0", true)]
    [InlineData(
        Budget,
        """{"metadata":{"labels":{"app.kubernetes.io/name":"other"}}}""",
        "metadata.labels[app.kubernetes.io/name]",
        "etcd",
        "other",
        true
    )]
    [InlineData(
        Pod,
        """{"metadata":{"labels":{"app.kubernetes.io/name":"other"}}}""",
        "metadata.labels[app.kubernetes.io/name]",
        "etcd",
        "other",
        true
    )]
    // Removed, labels stripped: the API keeps no actor.
    [InlineData(
        Set,
        """{"spec":{"template":{"spec":{"affinity":null}}}}""",
        "spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution",
        "*",
        null,
        false
    )]
    [InlineData(
        Set,
        """{"metadata":{"labels":{"gitops-operator.dev/member":null}}}""",
        "metadata.labels[gitops-operator.dev/member]",
        "orders-0",
        null,
        false
    )]
    [InlineData(
        Set,
        """{"metadata":{"labels":{"gitops-operator.dev/owner":null}}}""",
        "metadata.labels[gitops-operator.dev/owner]",
        "*",
        null,
        false
    )]
    [InlineData(
        Set,
        """{"metadata":{"labels":{"gitops-operator.dev/cluster":null}}}""",
        "metadata.labels[gitops-operator.dev/cluster]",
        "orders",
        null,
        false
    )]
    [InlineData(Peers, """{"spec":{"publishNotReadyAddresses":null}}""", "spec.publishNotReadyAddresses", "true", null, false)]
    [InlineData(
        Peers,
        """{"metadata":{"labels":{"gitops-operator.dev/owner":null}}}""",
        "metadata.labels[gitops-operator.dev/owner]",
        "*",
        null,
        false
    )]
    [InlineData(
        Clients,
        """{"metadata":{"labels":{"app.kubernetes.io/name":null}}}""",
        "metadata.labels[app.kubernetes.io/name]",
        "etcd",
        null,
        false
    )]
    [InlineData(Boot, """{"data":{"ETCD_INITIAL_CLUSTER_TOKEN":null}}""", "data.ETCD_INITIAL_CLUSTER_TOKEN", "*", null, false)]
    [InlineData(
        Boot,
        """{"metadata":{"labels":{"gitops-operator.dev/owner":null}}}""",
        "metadata.labels[gitops-operator.dev/owner]",
        "*",
        null,
        false
    )]
    [InlineData(Budget, """{"spec":{"minAvailable":null}}""", "spec.minAvailable", "1", null, false)]
    [InlineData(
        Budget,
        """{"metadata":{"labels":{"gitops-operator.dev/owner":null}}}""",
        "metadata.labels[gitops-operator.dev/owner]",
        "*",
        null,
        false
    )]
    [InlineData(
        Pod,
        """{"metadata":{"labels":{"gitops-operator.dev/role":null}}}""",
        "metadata.labels[gitops-operator.dev/role]",
        "voter",
        null,
        false
    )]
    [InlineData(
        Pod,
        """{"metadata":{"labels":{"gitops-operator.dev/owner":null}}}""",
        "metadata.labels[gitops-operator.dev/owner]",
        "*",
        null,
        false
    )]
    public async Task A_changed_field_is_reported_left_in_mode_report_and_put_back_in_mode_correct(
        string target,
        string patch,
        string path,
        string? git,
        string? live,
        bool recorded
    )
    {
        await drift.ReadyAsync(Token);
        await drift.SetModeAsync(DriftMode.Report, Token);
        await PatchAsync(target, patch);
        await drift.UntilAsync(() => Find(target, path) is not null, $"{target} {path} reported", Token);
        var entry = Find(target, path)!;
        Assert.Equal(DriftClass.Drift, entry.Fact.Class);
        Assert.Equal(git is "*" ? entry.Fact.Git : git, entry.Fact.Git);
        Assert.Equal(live, entry.Fact.Live);
        await AssertActorAsync(entry, target, recorded);

        // Left: the loop goes on, and the very same is still there.
        var seen = drift.Report;
        await drift.UntilAsync(() => !ReferenceEquals(drift.Report, seen), "another look", Token);
        Assert.Equal(entry.FirstSeen, Find(target, path)?.FirstSeen);
        Assert.Equal("nothing: the mode is report", Find(target, path)?.Action);

        await drift.SetModeAsync(DriftMode.Correct, Token);
        await drift.UntilAsync(
            () => Find(target, path) is null && drift.Report is { Phase: ClusterPhase.Converged },
            $"{target} {path} cured",
            Token
        );
        Assert.NotNull(drift.Drifts.First(cured => cured.Fact.Where == (target, path)).CuredAt);
    }

    [Theory]
    [InlineData(Peers)]
    [InlineData(Clients)]
    [InlineData(Boot)]
    [InlineData(Budget)]
    [InlineData(Set)]
    public async Task A_deleted_object_is_reported_without_an_actor_and_made_anew(string target)
    {
        await drift.ReadyAsync(Token);
        await drift.SetModeAsync(DriftMode.Report, Token);
        await DeleteAsync(target);
        await drift.UntilAsync(() => Find(target, "") is not null, $"{target} reported", Token);
        await AssertActorAsync(Find(target, "")!, target, recorded: false);
        await drift.SetModeAsync(DriftMode.Correct, Token);
        await drift.UntilAsync(
            () => Find(target, "") is null && drift.Report is { Phase: ClusterPhase.Converged },
            $"{target} back",
            Token
        );
        Assert.NotNull(await ReadAsync(target));
    }

    [Theory]
    [InlineData(
        Set,
        """{"spec":{"template":{"spec":{"containers":[{"name":"sidecar","image":"s:1"}]}}}}""",
        "spec.template.spec.containers[sidecar]"
    )]
    [InlineData(Set, """{"spec":{"minReadySeconds":3}}""", "spec.minReadySeconds")]
    [InlineData(Clients, """{"spec":{"ports":[{"name":"more","port":1234,"protocol":"TCP"}]}}""", "spec.ports[more]")]
    [InlineData(Peers, """{"spec":{"ports":[{"name":"more","port":1234,"protocol":"TCP"}]}}""", "spec.ports[more]")]
    [InlineData(Boot, """{"data":{"THEIRS":"1"}}""", "data.THEIRS")]
    [InlineData(Budget, """{"spec":{"unhealthyPodEvictionPolicy":"AlwaysAllow"}}""", "spec.unhealthyPodEvictionPolicy")]
    public async Task What_another_manager_adds_is_named_and_left_alone(string target, string patch, string path)
    {
        await drift.ReadyAsync(Token);
        await PatchAsync(target, patch);
        await drift.UntilAsync(() => Find(target, path) is not null, $"{target} {path} reported", Token);
        var entry = Find(target, path)!;
        Assert.Equal(DriftClass.Foreign, entry.Fact.Class);
        await AssertActorAsync(entry, target, recorded: true);
        Assert.Equal(ClusterPhase.Converged, drift.Report!.Phase);
        Assert.NotNull(Find(target, path));
    }

    [Theory]
    [InlineData(Set)]
    [InlineData(Clients)]
    [InlineData(Boot)]
    [InlineData(Budget)]
    public async Task A_label_of_another_manager_is_no_drift(string target)
    {
        await drift.ReadyAsync(Token);
        await PatchAsync(target, """{"metadata":{"labels":{"theirs":"1"},"annotations":{"theirs":"1"}}}""");
        var seen = drift.Report;
        await drift.UntilAsync(() => !ReferenceEquals(drift.Report, seen), "another look", Token);
        Assert.DoesNotContain(drift.Drifts, entry => entry.Fact.Path.Contains("theirs", StringComparison.Ordinal));
    }

    /// <summary>At any address, also at the one that this cluster would give out next.</summary>
    [Theory]
    [InlineData("http://elsewhere:2380")]
    [InlineData(null)]
    public async Task A_member_added_by_hand_is_reported_without_an_actor_and_removed_as_it_never_started(string? elsewhere)
    {
        var url = elsewhere ?? OneMemberWorld.Names.PeerUrl(1);
        await drift.ReadyAsync(Token);
        await drift.SetModeAsync(DriftMode.Report, Token);
        using var etcd = drift.World.Seed.Connect();
        await etcd.AddLearnerAsync(url, Token);
        await drift.UntilAsync(() => Unknown() is not null, "the member reported", Token);
        Assert.Equal($"learner at {url}", Unknown()!.Fact.Live);
        Assert.StartsWith("unknown (not recorded by the API), first seen ", Unknown()!.ChangedBy, StringComparison.Ordinal);
        Assert.Equal(2, (await etcd.MembershipAsync(Token)).Entries.Length);

        await drift.SetModeAsync(DriftMode.Correct, Token);
        await drift.UntilAsync(() => Unknown() is null, "the member removed", Token);
        Assert.Single((await etcd.MembershipAsync(Token)).Entries);

        DriftEntry? Unknown() =>
            drift.Drifts.FirstOrDefault(entry => entry is { CuredAt: null, Fact: { Class: DriftClass.Domain, Git: null } });
    }

    [Fact]
    public async Task An_idle_resync_makes_no_call_to_Kubernetes_and_three_to_etcd_for_each_member()
    {
        await drift.ReadyAsync(Token);
        var (kubernetes, report) = (drift.World.KubernetesCalls, drift.Report);
        using var etcd = new EtcdCalls(everyones: true);
        for (var looks = 0; looks < 3; looks++)
        {
            var seen = drift.Report;
            await drift.UntilAsync(() => !ReferenceEquals(drift.Report, seen), "another look", Token);
        }

        Assert.NotSame(report, drift.Report);
        Assert.Equal(kubernetes, drift.World.KubernetesCalls);
        Assert.InRange(etcd.Total, 9, 4 * 4);
    }

    private DriftEntry? Find(string target, string path) =>
        drift.Drifts.FirstOrDefault(entry => entry.CuredAt is null && entry.Fact.Target == target && entry.Fact.Path == path);

    /// <summary>A name, an operation and a time are reported only if managedFields holds that very entry; otherwise exactly the
    /// sentence.</summary>
    private async Task AssertActorAsync(DriftEntry entry, string target, bool recorded)
    {
        if (!recorded)
        {
            Assert.Null(entry.Fact.Actor);
            Assert.Equal($"unknown (not recorded by the API), first seen {DriftTime.Shown(entry.FirstSeen)}", entry.ChangedBy);
            return;
        }

        var actor = entry.Fact.Actor!;
        Assert.Equal(Somebody, actor.Manager);
        var managed = (await ReadAsync(target))!.Metadata.ManagedFields;
        Assert.Contains(
            managed,
            field =>
                field.Manager == actor.Manager
                && field.Operation == actor.Operation
                && field.Time is { } time
                && new DateTimeOffset(time.ToUniversalTime()) == actor.Time
        );
        Assert.Equal($"{Somebody} (Update, {DriftTime.Shown(actor.Time!.Value)})", entry.ChangedBy);
    }

    private async Task PatchAsync(string target, string patch)
    {
        var (body, name) = (new V1Patch(patch, V1Patch.PatchType.StrategicMergePatch), target.Split('/')[1]);
        await (
            target.Split('/')[0] switch
            {
                "StatefulSet" => (Task)
                    drift.Client.AppsV1.PatchNamespacedStatefulSetAsync(
                        body,
                        name,
                        "default",
                        fieldManager: Somebody,
                        cancellationToken: Token
                    ),
                "Service" => drift.Client.CoreV1.PatchNamespacedServiceAsync(
                    body,
                    name,
                    "default",
                    fieldManager: Somebody,
                    cancellationToken: Token
                ),
                "ConfigMap" => drift.Client.CoreV1.PatchNamespacedConfigMapAsync(
                    body,
                    name,
                    "default",
                    fieldManager: Somebody,
                    cancellationToken: Token
                ),
                "Pod" => drift.Client.CoreV1.PatchNamespacedPodAsync(
                    body,
                    name,
                    "default",
                    fieldManager: Somebody,
                    cancellationToken: Token
                ),
                _ => drift.Client.PolicyV1.PatchNamespacedPodDisruptionBudgetAsync(
                    body,
                    name,
                    "default",
                    fieldManager: Somebody,
                    cancellationToken: Token
                ),
            }
        );
    }

    private async Task<IKubernetesObject<V1ObjectMeta>?> ReadAsync(string target)
    {
        var name = target.Split('/')[1];
        return target.Split('/')[0] switch
        {
            "StatefulSet" => await drift.Client.AppsV1.ReadNamespacedStatefulSetAsync(name, "default", cancellationToken: Token),
            "Service" => await drift.Client.CoreV1.ReadNamespacedServiceAsync(name, "default", cancellationToken: Token),
            "ConfigMap" => await drift.Client.CoreV1.ReadNamespacedConfigMapAsync(name, "default", cancellationToken: Token),
            "Pod" => await drift.Client.CoreV1.ReadNamespacedPodAsync(name, "default", cancellationToken: Token),
            _ => await drift.Client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(name, "default", cancellationToken: Token),
        };
    }

    private Task DeleteAsync(string target)
    {
        var name = target.Split('/')[1];
        return target.Split('/')[0] switch
        {
            "StatefulSet" => drift.Client.AppsV1.DeleteNamespacedStatefulSetAsync(
                name,
                "default",
                propagationPolicy: "Orphan",
                cancellationToken: Token
            ),
            "Service" => drift.Client.CoreV1.DeleteNamespacedServiceAsync(name, "default", cancellationToken: Token),
            "ConfigMap" => drift.Client.CoreV1.DeleteNamespacedConfigMapAsync(name, "default", cancellationToken: Token),
            _ => drift.Client.PolicyV1.DeleteNamespacedPodDisruptionBudgetAsync(name, "default", cancellationToken: Token),
        };
    }
}
