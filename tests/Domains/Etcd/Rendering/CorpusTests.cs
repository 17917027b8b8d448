using System.Text.Json;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Tests;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Rendering;

/// <summary>
/// The objects of a real cluster as each release has left them (corpus/RELEASE/objects.json, by <c>kubectl get -o json</c>). A new release
/// that takes such a cluster over finds its record readable, every object as it would render it, and so nothing to write and no member to
/// restart.
/// </summary>
public sealed class CorpusTests
{
    public static IEnumerable<TheoryDataRow<string>> Releases =>
        Directory
            .EnumerateDirectories(GoldenFolder.At("Domains/Etcd/corpus"))
            .Select(folder => new TheoryDataRow<string>(Path.GetFileName(folder)));

    [Theory, MemberData(nameof(Releases))]
    public void What_a_release_has_left_is_taken_over_without_a_write(string release)
    {
        using var list = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(GoldenFolder.At("Domains/Etcd/corpus"), release, "objects.json"))
        );
        var items = list
            .RootElement.GetProperty("items")
            .EnumerateArray()
            .Select(item => (Kind: item.GetProperty("kind").GetString()!, Text: item.GetRawText()))
            .ToList();
        var maps = Of<V1ConfigMap>("ConfigMap");
        var kept = Assert.Single(maps, map => map.Data.ContainsKey(EtcdRecordJson.Key));
        var (record, fault) = EtcdRecordJson.Read(kept);
        Assert.Null(fault);
        Assert.Null(record!.Intent);
        var cluster = new ClusterKey("etcd", kept.Metadata.NamespaceProperty, kept.GetLabel(ObjectLabels.Cluster));
        var names = new EtcdNames(cluster);
        var sets = Of<V1StatefulSet>("StatefulSet");
        var desired = new EtcdDesired(
            cluster,
            new("default"),
            sets[0].GetAnnotation(ObjectLabels.RepositoryAnnotation),
            record.Accepted!,
            record.Incarnation
        );

        var compared = 1;
        for (var index = 0; index < desired.Spec.Size; index++)
        {
            Unchanged(EtcdRendering.StatefulSet(desired, index, voter: true), sets);
            Unchanged(EtcdRendering.SealedBoot(desired, index, record.Incarnation), maps);
        }

        var services = Of<V1Service>("Service");
        Unchanged(EtcdRendering.PeerService(desired), services);
        Unchanged(EtcdRendering.ClientService(desired), services);
        var budgets = Of<V1PodDisruptionBudget>("PodDisruptionBudget");
        Unchanged(
            EtcdRendering.DisruptionBudget(
                desired,
                int.Parse(budgets.Single().Spec.MinAvailable.Value, System.Globalization.CultureInfo.InvariantCulture)
            ),
            budgets
        );
        Assert.Equal(items.Count, compared);

        List<T> Of<T>(string kind) => [.. items.Where(item => item.Kind == kind).Select(item => KubernetesJson.Deserialize<T>(item.Text))];

        void Unchanged<T>(T rendered, List<T> live)
            where T : IKubernetesObject<V1ObjectMeta>
        {
            compared++;
            var there = Assert.Single(live, item => item.Metadata.Name == rendered.Metadata.Name);
            Assert.Equal(rendered.GetAnnotation(ObjectLabels.SpecHashAnnotation), there.GetAnnotation(ObjectLabels.SpecHashAnnotation));
            Assert.DoesNotContain(ObjectDrift.Compare(rendered, there), fact => fact.Class != DriftClass.Foreign);
        }
    }
}
