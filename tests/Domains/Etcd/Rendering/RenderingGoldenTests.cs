using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Tests;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Rendering;

/// <summary>The objects as people would review them, in golden/CASE/. UPDATE_GOLDEN=1 rewrites them.</summary>
public sealed class RenderingGoldenTests
{
    private static readonly EtcdNames Names = new(new ClusterKey("etcd", "default", "orders"));

    [Fact]
    public void A_cluster_with_claims() =>
        Matches("etcd-with-claims", () => Objects(Desired(new EtcdStorage.Persistent(Size("8Gi"), "fast")), voter: true));

    [Fact]
    public void An_ephemeral_cluster_with_resources_and_an_image_of_ones_own() =>
        Matches(
            "etcd-ephemeral",
            () =>
                Objects(
                    Desired(
                        new EtcdStorage.Ephemeral(),
                        spec =>
                            spec with
                            {
                                ImageRepository = "registry.example/etcd",
                                Resources = new(
                                    ImmutableSortedDictionary<string, Quantity>.Empty.Add("memory", Size("512Mi")).Add("cpu", Size("500m")),
                                    ImmutableSortedDictionary<string, Quantity>.Empty.Add("memory", Size("1Gi"))
                                ),
                            }
                    ),
                    voter: false
                )
        );

    [Fact]
    public void A_cluster_with_options_and_settings_of_its_pods() =>
        Matches(
            "etcd-with-options",
            () =>
                Objects(
                    Desired(
                        new EtcdStorage.Persistent(Size("8Gi"), null),
                        spec =>
                            spec with
                            {
                                Options = new()
                                {
                                    QuotaBackendBytes = 4L << 30,
                                    AutoCompaction = new("periodic", "1h"),
                                    SnapshotCount = 50000,
                                    ElectionTimeout = 2000,
                                    ExtraFlags = ImmutableSortedDictionary<string, string>.Empty.Add("metrics", "extensive"),
                                },
                                Pods = new(
                                    """{"nodeSelector":{"disk":"ssd"},"affinity":{"nodeAffinity":{}},"tolerations":["""
                                        + """{"key":"dedicated","operator":"Exists"}],"priorityClassName":"high","imagePullSecrets":["""
                                        + """{"name":"registry"}]}""",
                                    """{"team":"orders"}""",
                                    """{"example.com/scrape":"true"}"""
                                ),
                            }
                    ),
                    voter: true
                )
        );

    [Theory]
    [InlineData("""{"a":"1"}""", "{}")]
    [InlineData("{}", """{"a":"1"}""")]
    public void Further_labels_and_annotations_of_pods_are_another_hash(string labels, string annotations) =>
        Assert.NotEqual(
            EtcdRendering.StatefulSetHash(Desired(new EtcdStorage.Ephemeral()), 0),
            EtcdRendering.StatefulSetHash(
                Desired(new EtcdStorage.Ephemeral(), spec => spec with { Pods = new("{}", labels, annotations) }),
                0
            )
        );

    /// <summary>Written down when rolling changes came: were it another, every cluster there is would be restarted by a new
    /// release.</summary>
    [Fact]
    public void What_says_nothing_new_hashes_as_ever() =>
        Assert.Equal("8cf2273e667b0ae6", EtcdRendering.StatefulSetHash(Desired(new EtcdStorage.Ephemeral()), 1));

    [Fact]
    public void The_hash_of_a_member_is_the_same_for_a_learner_and_a_voter_and_wherever_the_document_stands()
    {
        var desired = Desired(new EtcdStorage.Ephemeral());
        var hash = EtcdRendering.StatefulSetHash(desired, 1);
        Assert.Equal(hash, HashOf(EtcdRendering.StatefulSet(desired, 1, voter: true)));
        Assert.Equal(hash, HashOf(EtcdRendering.StatefulSet(desired, 1, voter: false)));
        Assert.Equal(
            hash,
            EtcdRendering.StatefulSetHash(desired with { Source = desired.Source with { Path = "moved.yaml", Commit = "other" } }, 1)
        );
        Assert.NotEqual(hash, EtcdRendering.StatefulSetHash(desired, 2));
        Assert.NotEqual(
            hash,
            EtcdRendering.StatefulSetHash(Desired(new EtcdStorage.Ephemeral(), spec => spec with { Version = new(3, 5, 17) }), 1)
        );
        Assert.Equal(hash, EtcdRendering.StatefulSetHash(Desired(new EtcdStorage.Ephemeral(), spec => spec with { Size = 5 }), 1));
    }

    [Fact]
    public void The_hashes_that_the_planner_compares_are_those_on_the_objects()
    {
        var desired = Desired(new EtcdStorage.Ephemeral());
        Assert.Equal(
            new SharedObjectsLive(
                HashOf(EtcdRendering.PeerService(desired)),
                HashOf(EtcdRendering.ClientService(desired)),
                HashOf(EtcdRendering.DisruptionBudget(desired, 2))
            ),
            EtcdRendering.SharedHashes(desired, 2)
        );
        Assert.NotEqual(EtcdRendering.SharedHashes(desired, 3), EtcdRendering.SharedHashes(desired, 2));
    }

    [Fact]
    public void A_boot_is_sealed_only_where_it_names_the_member_alone_and_makes_no_new_cluster()
    {
        var desired = Desired(new EtcdStorage.Ephemeral());
        Assert.True(Read(EtcdRendering.SealedBoot(desired, 1, "token")).Sealed);
        Assert.False(Read(EtcdRendering.NewClusterBoot(desired, 1, "token")).Sealed);
        Assert.False(
            Read(
                EtcdRendering.JoiningBoot(
                    desired,
                    1,
                    [new(1, "orders-0", Names.PeerUrl(0), false), new(2, "", Names.PeerUrl(1), true)],
                    "token"
                )
            ).Sealed
        );

        static BootLive Read(V1ConfigMap boot) => EtcdBoot.Read(Names, 1, boot.Data);
    }

    [Fact]
    public void No_object_can_be_collected_with_the_operator() =>
        Assert.All(
            Objects(Desired(new EtcdStorage.Persistent(Size("1Gi"), null)), voter: true),
            item => Assert.Null(item.Object.Metadata.OwnerReferences)
        );

    private static EtcdDesired Desired(EtcdStorage storage, Func<EtcdSpec, EtcdSpec>? change = null)
    {
        var spec = new EtcdSpec
        {
            Size = 3,
            Version = new(3, 5, 16),
            Storage = storage,
        };
        return new(
            Names.Cluster,
            new OwnerId("default"),
            "https://git.example/platform.git",
            new AcceptedSpec("0123abc", "etcd/orders.yaml", 1, "blob", change is null ? spec : change(spec)),
            "unused"
        );
    }

    private static ImmutableArray<(string File, IKubernetesObject<V1ObjectMeta> Object)> Objects(EtcdDesired desired, bool voter) =>
        [
            ("service-peers", EtcdRendering.PeerService(desired)),
            ("service-client", EtcdRendering.ClientService(desired)),
            ("disruption-budget", EtcdRendering.DisruptionBudget(desired, 2)),
            ("boot-new", EtcdRendering.NewClusterBoot(desired, 0, "incarnation")),
            (
                "boot-joining",
                EtcdRendering.JoiningBoot(
                    desired,
                    1,
                    [new(7, "", Names.PeerUrl(1), IsLearner: true), new(9, "orders-0", Names.PeerUrl(0), IsLearner: false)],
                    "incarnation"
                )
            ),
            ("boot-sealed", EtcdRendering.SealedBoot(desired, 1, "incarnation")),
            ("statefulset", EtcdRendering.StatefulSet(desired, 1, voter)),
        ];

    private static void Matches(string name, Func<ImmutableArray<(string File, IKubernetesObject<V1ObjectMeta> Object)>> render)
    {
        var folder = Path.Combine(GoldenFolder.At("Domains/Etcd/golden"), name);
        foreach (var (first, second) in render().Zip(render()))
        {
            var yaml = KubernetesYaml.Serialize(first.Object) + "\n";
            Assert.Equal(yaml, KubernetesYaml.Serialize(second.Object) + "\n");
            var path = Path.Combine(folder, first.File + ".yaml");
            if (GoldenFolder.Updating)
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(path, yaml);
            }

            Assert.True(File.Exists(path), $"{path} is missing: run with UPDATE_GOLDEN=1, read it and commit it");
            Assert.Equal(File.ReadAllText(path), yaml);
        }
    }

    private static string HashOf(IKubernetesObject<V1ObjectMeta> item) => item.Metadata.Annotations[ObjectLabels.SpecHashAnnotation];

    private static Quantity Size(string text) => Quantity.TryParse(text, out var size) ? size : throw new FormatException(text);
}
