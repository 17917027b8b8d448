using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>Where an object of one kind stands.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(IKubernetesObject<V1ObjectMeta> item) => new(item.Metadata.NamespaceProperty ?? "", item.Metadata.Name);

    public override string ToString() => $"{Namespace}/{Name}";
}
