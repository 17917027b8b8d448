using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Writing;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

/// <summary>
/// The Kubernetes objects of an etcd cluster: pure functions of what is desired. Nothing here has an owner reference, so that removing
/// the operator, or anything of it, never collects an object that holds or serves data.
/// </summary>
public static partial class EtcdRendering
{
    /// <summary>Fields that say nothing of one member.</summary>
    private static readonly string[] OfTheClusterAsAWhole = ["size", "suspend", "mode", "rolloutPolicy", "deletionPolicy", "deleteVolumes"];

    /// <summary>Hash of a member's StatefulSet, the same whether or not its pod is a voter.</summary>
    /// <remarks>Annotations of pods are the one kind that is of the object, so they are added where there are any.</remarks>
    public static string StatefulSetHash(EtcdDesired desired, int index)
    {
        var hash = HashOf(BareStatefulSet(desired, index, voter: false));
        return desired.Spec.Pods.Annotations is EtcdPodSettings.Nothing or "" ? hash : Hash($"{hash} {desired.Spec.Pods.Annotations}");
    }

    /// <summary>
    /// Hash of all that the document says of each member, in the document's own fields: they outlive every version of this operator, and a
    /// field that a later one brings is not among them until a document gives it.
    /// </summary>
    public static string DesiredHash(EtcdDesired desired)
    {
        var fields = JsonNode.Parse(EtcdSpecFields.Write(desired.Spec))!.AsObject();
        foreach (var name in OfTheClusterAsAWhole)
        {
            fields.Remove(name);
        }

        return Hash(CanonicalJson.Of(JsonSerializer.SerializeToElement(fields)));
    }

    /// <param name="minAvailable">Null where there is to be no disruption budget.</param>
    public static SharedObjectsLive SharedHashes(EtcdDesired desired, int? minAvailable) =>
        new(
            HashOf(BarePeerService(desired)),
            HashOf(BareClientService(desired)),
            minAvailable is { } least ? HashOf(BareDisruptionBudget(desired, least)) : null
        );

    private static Dictionary<string, string> ClusterLabels(EtcdDesired desired) =>
        new()
        {
            ["app.kubernetes.io/instance"] = desired.Cluster.Name,
            ["app.kubernetes.io/managed-by"] = ObjectLabels.FieldManager,
            ["app.kubernetes.io/name"] = "etcd",
            [ObjectLabels.Cluster] = desired.Cluster.Name,
            [ObjectLabels.Owner] = desired.Owner.Label,
        };

    private static Dictionary<string, string> MemberLabels(EtcdDesired desired, int index) =>
        new(ClusterLabels(desired)) { [ObjectLabels.Member] = new EtcdNames(desired.Cluster).Member(index) };

    /// <summary>What selects a cluster's pods. A StatefulSet's selector can never be changed, so it holds no more than identity.</summary>
    private static Dictionary<string, string> ClusterSelector(EtcdDesired desired) =>
        new() { ["app.kubernetes.io/name"] = "etcd", [ObjectLabels.Cluster] = desired.Cluster.Name };

    private static Dictionary<string, string> VoterSelector(EtcdDesired desired) =>
        new(ClusterSelector(desired)) { [ObjectLabels.Role] = EtcdNames.VoterRole };

    private static V1ObjectMeta Metadata(EtcdDesired desired, string name, Dictionary<string, string> labels) =>
        new()
        {
            Name = name,
            NamespaceProperty = desired.Cluster.Namespace,
            Labels = labels,
            Annotations = new Dictionary<string, string>
            {
                [ObjectLabels.PathAnnotation] = desired.Source.Path,
                [ObjectLabels.RepositoryAnnotation] = desired.Repository,
            },
        };

    private static T WithHash<T>(T rendered)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        rendered.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] = HashOf(rendered);
        return rendered;
    }

    /// <summary>
    /// Where a document stands in git is not hashed: a file moved to another folder is no change of the object, and must not make every
    /// pod look outdated. The annotations follow with the next change.
    /// </summary>
    private static string HashOf<T>(T rendered)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var json = KubernetesJson.Serialize(rendered);
        var canonical = CanonicalJson.Of(JsonSerializer.Deserialize<JsonElement>(json), skip: "annotations");
        return Hash(canonical);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
