using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Drift.Comparison;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Bench;

/// <summary>
/// Comparing rendered objects with live ones. The operator looks at a cluster when one of its objects changes, so idle it compares none (a
/// test counts that). The baseline is what it would cost to compare all of them at each tick; text is what a plainer tool compares, which
/// finds every object different, since the API server has added to it.
/// </summary>
internal static class DriftBench
{
    private const int Clusters = 1000;
    private const int Members = 3;

    public static void Run()
    {
        var desired = Enumerable.Range(0, Clusters).Select(Desired).ToList();
        var live = desired.Select(cluster => Render(cluster).Select(AsRead).ToList()).ToList();

        Measure.Head($"Drift of {Clusters} clusters of {Members} members ({Clusters * Members} StatefulSets)");
        var all = Measure.Print("all, by value", () => Differing(desired, live, Facts));
        Measure.Print(
            "all, as text",
            () =>
                Differing(desired, live, (rendered, read) => KubernetesJson.Serialize(rendered) == KubernetesJson.Serialize(read) ? 0 : 1),
            all,
            "all"
        );
        live[500][1].Spec.Replicas = 0;
        Measure.Print("the one cluster that a watch told of", () => Differing(desired[500..501], live[500..501], Facts), all, "all");
    }

    private static EtcdDesired Desired(int number) =>
        Scene.Desired(Members) with
        {
            Cluster = new("etcd", "default", string.Create(CultureInfo.InvariantCulture, $"orders-{number}")),
        };

    private static IEnumerable<V1StatefulSet> Render(EtcdDesired desired) =>
        Enumerable.Range(0, Members).Select(index => EtcdRendering.StatefulSet(desired, index, voter: true));

    /// <summary>As the API server gives it back.</summary>
    private static V1StatefulSet AsRead(V1StatefulSet rendered)
    {
        var read = KubernetesJson.Deserialize<V1StatefulSet>(KubernetesJson.Serialize(rendered));
        read.Metadata.ResourceVersion = "1";
        read.Metadata.Uid = "11111111-1111-4111-8111-111111111111";
        read.Status = new V1StatefulSetStatus { Replicas = 1, ReadyReplicas = 1 };
        return read;
    }

    private static int Facts(V1StatefulSet rendered, V1StatefulSet read) => ObjectDrift.Compare(rendered, read).Count(fact => fact.Differs);

    private static string Differing(
        List<EtcdDesired> desired,
        List<List<V1StatefulSet>> live,
        Func<V1StatefulSet, V1StatefulSet, int> compare
    ) =>
        $"{desired.Zip(live).Sum(cluster => Render(cluster.First).Zip(cluster.Second).Sum(pair => compare(pair.First, pair.Second)))}"
        + " differences";
}
