namespace GitOpsOperator.Drift.Owners;

/// <summary>Keys of the labels and annotations that managed objects carry; they are part of the compatibility promise.</summary>
public static class ObjectLabels
{
    public const string Owner = "gitops-operator.dev/owner";
    public const string Cluster = "gitops-operator.dev/cluster";

    /// <summary>The cluster's name once more, by Kubernetes' own convention.</summary>
    public const string Instance = "app.kubernetes.io/instance";

    /// <summary>By Kubernetes' own convention: <c>etcd</c>, <c>prometheus</c>.</summary>
    public const string Application = "app.kubernetes.io/name";

    /// <summary>Name of the member, such as <c>orders-0</c>, on its StatefulSet, pod, claim and ConfigMap.</summary>
    public const string Member = "gitops-operator.dev/member";

    /// <summary>What a pod does in its cluster, in the domain's own word; absent where clients must not be sent to it.</summary>
    public const string Role = "gitops-operator.dev/role";

    public const string RepositoryAnnotation = "gitops-operator.dev/repository";
    public const string PathAnnotation = "gitops-operator.dev/path";

    /// <summary>Hash of the rendering that an object was last applied with. Compared with a new rendering's, so defaults filled in by the
    /// API server are no difference.</summary>
    public const string SpecHashAnnotation = "gitops-operator.dev/spec-hash";

    /// <summary>
    /// Hash of what git asks of the object, whatever a version of this operator makes of it; the StatefulSet's and its pods'. While it
    /// stays the same nobody has asked for pods to be restarted.
    /// </summary>
    public const string DesiredHashAnnotation = "gitops-operator.dev/desired-hash";

    public const string FieldManager = "gitops-operator";
}
