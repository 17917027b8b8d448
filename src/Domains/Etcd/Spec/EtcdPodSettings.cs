namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>
/// What the document says of its members' pods beyond etcd: fields of Kubernetes, kept as JSON and unchanged, so that nothing of them
/// has to be said twice. Equal where they say the same in the same order.
/// </summary>
/// <param name="Spec">
/// nodeSelector, affinity, tolerations, topologySpreadConstraints, priorityClassName, imagePullSecrets: fields of a PodSpec.
/// </param>
/// <param name="Labels">A mapping of further labels.</param>
/// <param name="Annotations">A mapping of further annotations.</param>
public sealed record EtcdPodSettings(string Spec, string Labels, string Annotations)
{
    public const string Nothing = "{}";

    public static readonly EtcdPodSettings None = new(Nothing, Nothing, Nothing);
}
