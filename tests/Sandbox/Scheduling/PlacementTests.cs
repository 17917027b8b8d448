using GitOpsOperator.Sandbox.Controllers.Scheduling;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Scheduling;

public sealed class PlacementTests
{
    private const string Host = "kubernetes.io/hostname";

    [Fact]
    public void Pods_go_where_the_fewest_are() => Assert.Equal(["n1", "n2", "n3", "n1"], Place(4, () => Pod()));

    [Fact]
    public void Members_that_would_rather_be_apart_are_spread_even_where_other_pods_are_many()
    {
        var others = Enumerable.Range(0, 5).Select(_ => new PlacedPod(Pod(app: "other"), Node("n2"))).ToList();

        Assert.Equal(["n1", "n3", "n2", "n1", "n3"], Place(5, () => Apart(required: false), others));
    }

    [Fact]
    public void Members_that_must_be_apart_wait_for_a_node_of_their_own()
    {
        var placed = new List<PlacedPod>();
        Assert.Equal(["n1", "n2", "n3"], Place(3, () => Apart(required: true), placed));

        Assert.Equal("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.", Of(Apart(required: true), placed).Reason);
        Assert.Equal("0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules.", Of(Pod(), placed).Reason);
        Assert.NotNull(Of(Pod(app: "other"), placed).Node);
    }

    [Fact]
    public void Those_who_seek_company_go_where_it_is_and_the_first_goes_anywhere()
    {
        var pod = Pod();
        pod.Spec.Affinity = new() { PodAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [Term("etcd")] } };
        Assert.Equal("n1", Of(pod, []).Node);
        Assert.Equal("n3", Of(pod, [new(Pod(), Node("n3"))]).Node);

        pod.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution = [Term("absent")];
        Assert.Equal("0/3 nodes are available: 3 node(s) didn't match pod affinity rules.", Of(pod, []).Reason);
    }

    [Fact]
    public void A_spread_that_must_hold_is_held()
    {
        var pod = Pod();
        pod.Spec.NodeSelector = new Dictionary<string, string> { [Host] = "n1" };
        pod.Spec.TopologySpreadConstraints =
        [
            new()
            {
                MaxSkew = 1,
                TopologyKey = Host,
                WhenUnsatisfiable = "DoNotSchedule",
                LabelSelector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "etcd" } },
            },
        ];
        List<PlacedPod> two = [new(Pod(), Node("n1")), new(Pod(), Node("n1"))];
        Assert.Equal("n1", Of(pod, two).Node);

        pod.Spec.NodeSelector = null;
        Assert.Equal("n2", Of(pod, two).Node);
        pod.Spec.TopologySpreadConstraints[0].TopologyKey = "topology.kubernetes.io/zone";
        Assert.Equal("0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.", Of(pod, two).Reason);
    }

    [Theory]
    [InlineData("""{"nodeSelector":{"kubernetes.io/hostname":"n2"}}""", "n2", null)]
    [InlineData("""{"nodeSelector":{"disk":"ssd"}}""", null, "3 node(s) didn't match Pod's node affinity/selector")]
    [InlineData(
        """{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":["""
            + """{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"NotIn","values":["n1","n2"]}]}]}}}}""",
        "n3",
        null
    )]
    [InlineData(
        """{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":["""
            + """{"key":"metadata.name","operator":"In","values":["n2"]}]}]}}}}""",
        "n2",
        null
    )]
    [InlineData(
        """{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":["""
            + """{"matchExpressions":[{"key":"rank","operator":"Gt","values":["2"]}]}]}}}}""",
        "n3",
        null
    )]
    [InlineData(
        """{"affinity":{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"preference":"""
            + """{"matchExpressions":[{"key":"rank","operator":"Exists"},{"key":"rank","operator":"Lt","values":["3"]},"""
            + """{"key":"kubernetes.io/hostname","operator":"In","values":["n2","n3"]}]}}]}}}""",
        "n2",
        null
    )]
    public void What_a_pod_asks_of_a_node_is_heeded(string spec, string? node, string? reason)
    {
        var pod = Pod();
        pod.Spec = KubernetesJson.Deserialize<V1PodSpec>(spec);

        Assert.Equal(new Placement(node, reason is null ? null : $"0/3 nodes are available: {reason}."), Of(pod, []));
    }

    [Fact]
    public void Nodes_that_are_cordoned_or_tainted_take_only_those_who_bear_it()
    {
        var nodes = Nodes();
        nodes[0].Spec = new() { Unschedulable = true };
        nodes[1].Spec = new() { Taints = [new() { Key = "node.kubernetes.io/unreachable", Effect = "NoSchedule" }] };
        nodes[2].Spec = new()
        {
            Taints =
            [
                new()
                {
                    Key = "for",
                    Value = "etcd",
                    Effect = "NoExecute",
                },
            ],
        };
        var pod = Pod();
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) had untolerated taint {for: etcd}, 1 node(s) had untolerated taint "
                + "{node.kubernetes.io/unreachable: }, 1 node(s) were unschedulable.",
            Placement.Of(pod, nodes, [], _ => null).Reason
        );

        pod.Spec.Tolerations =
        [
            new()
            {
                Key = "for",
                OperatorProperty = "Equal",
                Value = "etcd",
            },
        ];
        Assert.Equal("n3", Placement.Of(pod, nodes, [], _ => null).Node);
        pod.Spec.Tolerations = [new() { OperatorProperty = "Exists", Effect = "NoSchedule" }];
        Assert.Equal("n2", Placement.Of(pod, nodes, [], _ => null).Node);
    }

    [Fact]
    public void A_pod_follows_its_volume_and_waits_where_that_cannot_be_had()
    {
        var pod = Pod();
        pod.Spec.Volumes =
        [
            new()
            {
                Name = "data",
                PersistentVolumeClaim = new() { ClaimName = "data-0" },
            },
        ];
        V1PersistentVolumeClaim? At(string? node) =>
            new()
            {
                Metadata = new()
                {
                    Name = "data-0",
                    Annotations = node is null ? null : new Dictionary<string, string> { [Placement.SelectedNode] = node },
                },
            };
        Assert.Equal("n1", Placement.Of(pod, Nodes(), [], _ => At(null)).Node);
        Assert.Equal("n2", Placement.Of(pod, Nodes(), [], _ => At("n2")).Node);
        Assert.Equal("persistentvolumeclaim \"data-0\" not found", Placement.Of(pod, Nodes(), [], _ => null).Reason);

        var nodes = Nodes();
        nodes[1].Spec = new() { Unschedulable = true };
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had volume node affinity conflict.",
            Placement.Of(pod, nodes, [], _ => At("n2")).Reason
        );
    }

    private static Placement Of(V1Pod pod, IReadOnlyCollection<PlacedPod> placed) => Placement.Of(pod, Nodes(), placed, _ => null);

    /// <summary>Places pods one after the other, each beside those before it.</summary>
    private static List<string?> Place(int count, Func<V1Pod> make, List<PlacedPod>? placed = null)
    {
        placed ??= [];
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var pod = make();
                    var node = Of(pod, placed).Node;
                    placed.Add(new(pod, Node(node!)));
                    return node;
                }),
        ];
    }

    private static List<V1Node> Nodes() => [Node("n1"), Node("n2"), Node("n3")];

    private static V1Node Node(string name) =>
        new()
        {
            Metadata = new()
            {
                Name = name,
                Labels = new Dictionary<string, string> { [Host] = name, ["rank"] = name[1..] },
            },
        };

    private static V1Pod Apart(bool required)
    {
        var pod = Pod();
        pod.Spec.Affinity = new()
        {
            PodAntiAffinity = required
                ? new() { RequiredDuringSchedulingIgnoredDuringExecution = [Term("etcd")] }
                : new() { PreferredDuringSchedulingIgnoredDuringExecution = [new() { Weight = 100, PodAffinityTerm = Term("etcd") }] },
        };
        return pod;
    }

    private static V1PodAffinityTerm Term(string app) =>
        new()
        {
            TopologyKey = Host,
            LabelSelector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = app } },
        };

    private static V1Pod Pod(string app = "etcd") =>
        new()
        {
            Metadata = new()
            {
                Name = "p",
                NamespaceProperty = "default",
                Labels = new Dictionary<string, string> { ["app"] = app },
            },
            Spec = new(),
        };
}
