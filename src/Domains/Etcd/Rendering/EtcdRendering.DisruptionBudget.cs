using GitOpsOperator.Domains.Etcd.Live;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

public static partial class EtcdRendering
{
    /// <summary>
    /// How many voters a drain must leave. An absolute number: a percentage or maxUnavailable is reckoned from the pods that exist just
    /// then, and lets a drain take quorum while members are being replaced.
    /// </summary>
    public static V1PodDisruptionBudget DisruptionBudget(EtcdDesired desired, int minAvailable) =>
        WithHash(BareDisruptionBudget(desired, minAvailable));

    private static V1PodDisruptionBudget BareDisruptionBudget(EtcdDesired desired, int minAvailable) =>
        new()
        {
            ApiVersion = "policy/v1",
            Kind = "PodDisruptionBudget",
            Metadata = Metadata(desired, new EtcdNames(desired.Cluster).DisruptionBudget, ClusterLabels(desired)),
            Spec = new V1PodDisruptionBudgetSpec
            {
                MinAvailable = minAvailable,
                Selector = new V1LabelSelector { MatchLabels = VoterSelector(desired) },
            },
        };
}
