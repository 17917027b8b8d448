using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Watches;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.StatefulSets;

public sealed class StatefulSetPlanTests
{
    [Fact]
    public void Ordered_makes_the_next_pod_only_when_the_one_before_is_ready()
    {
        var set = Set(3);
        Assert.Equal([0], Next(set).Create);
        Assert.Empty(Next(set, Pod(set, 0, ready: false)).Create);
        Assert.Equal([1], Next(set, Pod(set, 0)).Create);
    }

    [Fact]
    public void Parallel_makes_all_at_once()
    {
        var set = Set(3, parallel: true);
        Assert.Equal([0, 2], Next(set, Pod(set, 1, ready: false)).Create);
    }

    [Fact]
    public void Surplus_goes_from_the_highest_ordinal_and_one_at_a_time()
    {
        var set = Set(1);
        V1Pod[] pods = [Pod(set, 0), Pod(set, 1), Pod(set, 2)];
        Assert.Equal(["orders-2"], Next(set, pods).Delete.Select(pod => pod.Metadata.Name));

        pods[2].Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        Assert.Empty(Next(set, pods).Delete);
    }

    [Fact]
    public void Nothing_is_left_of_a_set_of_size_zero()
    {
        var set = Set(0);
        Assert.Equal(["orders-0"], Next(set, Pod(set, 0)).Delete.Select(pod => pod.Metadata.Name));
    }

    [Fact]
    public void OnDelete_leaves_pods_of_an_old_template_alone()
    {
        var set = Set(1);
        Assert.Empty(Next(set, Pod(set, 0, revision: "old")).Delete);
    }

    [Fact]
    public void RollingUpdate_replaces_the_highest_first_and_waits_for_the_unready()
    {
        var set = Set(2);
        set.Spec.UpdateStrategy = new() { Type = "RollingUpdate" };
        Assert.Equal(
            ["orders-1"],
            Next(set, Pod(set, 0, revision: "old"), Pod(set, 1, revision: "old")).Delete.Select(pod => pod.Metadata.Name)
        );
        Assert.Empty(Next(set, Pod(set, 0, revision: "old"), Pod(set, 1, ready: false)).Delete);
    }

    [Fact]
    public void A_foreign_pod_of_our_name_is_neither_adopted_nor_deleted()
    {
        var set = Set(1);
        var foreign = Pod(set, 0);
        foreign.Metadata.OwnerReferences = null;

        var actions = Next(set, foreign);

        Assert.Empty(actions.Create);
        Assert.Empty(actions.Delete);
        Assert.Equal(["orders-0"], actions.Foreign);
    }

    [Fact]
    public void A_pod_carries_the_names_labels_and_claim_of_its_ordinal()
    {
        var set = Set(1);
        set.Spec.VolumeClaimTemplates =
        [
            new()
            {
                Metadata = new() { Name = "data" },
                Spec = new(),
            },
        ];

        var pod = SetPod.Render(set, 4, "hash");

        Assert.Equal("orders-4", pod.Metadata.Name);
        Assert.Equal(("orders-4", "orders-peers"), (pod.Spec.Hostname, pod.Spec.Subdomain));
        Assert.Equal("orders-4", pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"]);
        Assert.Equal("4", pod.Metadata.Labels["apps.kubernetes.io/pod-index"]);
        Assert.Equal("data-orders-4", Assert.Single(pod.Spec.Volumes).PersistentVolumeClaim.ClaimName);
        Assert.True(ControllerPods.IsOwnedBy(pod.Metadata, set.Metadata));
    }

    private static SetActions Next(V1StatefulSet set, params V1Pod[] pods) => StatefulSetPlan.Next(set, pods, "hash");

    private static V1StatefulSet Set(int replicas, bool parallel = false) =>
        new()
        {
            Metadata = new()
            {
                Name = "orders",
                NamespaceProperty = "default",
                Uid = "uid-1",
            },
            Spec = new()
            {
                Replicas = replicas,
                ServiceName = "orders-peers",
                PodManagementPolicy = parallel ? "Parallel" : "OrderedReady",
                UpdateStrategy = new() { Type = "OnDelete" },
                Template = new()
                {
                    Metadata = new() { Labels = new Dictionary<string, string> { ["app"] = "orders" } },
                    Spec = new() { Containers = [] },
                },
            },
        };

    private static V1Pod Pod(V1StatefulSet set, int ordinal, bool ready = true, string revision = "hash")
    {
        var pod = SetPod.Render(set, ordinal, revision);
        pod.Status = new() { Phase = "Running", Conditions = [new() { Type = "Ready", Status = ready ? "True" : "False" }] };
        return pod;
    }
}
