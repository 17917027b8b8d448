using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

public static partial class EtcdRendering
{
    private const string DataVolume = "data";

    /// <summary>
    /// One StatefulSet with one replica for each member, so that any member can be the one to go, each has its own spec, and pods come
    /// back without this operator. Updates are OnDelete: only the planner takes a member down.
    /// </summary>
    public static V1StatefulSet StatefulSet(EtcdDesired desired, int index, bool voter)
    {
        var rendered = BareStatefulSet(desired, index, voter);
        var hash = StatefulSetHash(desired, index);
        var asked = DesiredHash(desired);
        rendered.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] = hash;
        rendered.Metadata.Annotations[ObjectLabels.DesiredHashAnnotation] = asked;
        rendered.Spec.Template.Metadata.Annotations = new Dictionary<string, string>(Mapping(desired.Spec.Pods.Annotations))
        {
            [ObjectLabels.SpecHashAnnotation] = hash,
            [ObjectLabels.DesiredHashAnnotation] = asked,
        };
        return rendered;
    }

    private static V1StatefulSet BareStatefulSet(EtcdDesired desired, int index, bool voter)
    {
        var names = new EtcdNames(desired.Cluster);
        var podLabels = new Dictionary<string, string>(Mapping(desired.Spec.Pods.Labels).Concat(MemberLabels(desired, index)));
        if (voter)
        {
            podLabels[ObjectLabels.Role] = EtcdNames.VoterRole;
        }

        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = Metadata(desired, names.Member(index), MemberLabels(desired, index)),
            Spec = new V1StatefulSetSpec
            {
                Replicas = 1,
                ServiceName = names.PeerService,
                PodManagementPolicy = "Parallel",
                UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "OnDelete" },
                RevisionHistoryLimit = 2,
                Selector = new V1LabelSelector
                {
                    MatchLabels = new Dictionary<string, string>(ClusterSelector(desired)) { [ObjectLabels.Member] = names.Member(index) },
                },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = podLabels },
                    Spec = PodSpec(desired, names, index),
                },
                VolumeClaimTemplates = desired.Spec.Storage is EtcdStorage.Persistent persistent
                    ? [ClaimTemplate(desired, index, persistent)]
                    : null,
            },
        };
    }

    private static Dictionary<string, string> Mapping(string json) => KubernetesJson.Deserialize<Dictionary<string, string>>(json);

    private static V1PersistentVolumeClaim ClaimTemplate(EtcdDesired desired, int index, EtcdStorage.Persistent storage) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Metadata = new V1ObjectMeta { Name = DataVolume, Labels = MemberLabels(desired, index) },
            Spec = new V1PersistentVolumeClaimSpec
            {
                AccessModes = ["ReadWriteOnce"],
                StorageClassName = storage.StorageClassName,
                Resources = new V1VolumeResourceRequirements
                {
                    Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(storage.Size.ToString()) },
                },
            },
        };
}
